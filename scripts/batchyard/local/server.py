"""The local environment's process: MiniStack's services with the Batch engine in place of its Batch stub.

    python -m batchyard.local.server --port N --state-dir DIR [--enforce-iam] [--executor process]

It serves on 127.0.0.1 only and ends on SIGTERM or SIGINT, after saving everything.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchyard.errors import BatchyardError
from batchyard.local import ministack, record, saver
from batchyard.local.launcher import PORT_TAKEN
from batchyard.local.settings import ACCOUNT, REGION, job_settings

if TYPE_CHECKING:
    from batchyard.local.assembly import Environment

HOST = "127.0.0.1"
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_log = logging.getLogger("batchyard.local")


@dataclass(frozen=True)
class Options:
    """What the server was started with."""

    port: int
    state_dir: Path
    enforce_iam: bool
    executor: str

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"


def parse(argv: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m batchyard.local.server")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--enforce-iam", action="store_true")
    parser.add_argument("--executor", choices=record.EXECUTORS, default=record.EXECUTORS[0])
    found = parser.parse_args(argv)
    return Options(found.port, found.state_dir.resolve(), found.enforce_iam, found.executor)


def environment(options: Options) -> dict[str, str]:
    """Return MiniStack's settings: loopback, state under one folder, no listener beside the one port."""
    return ministack.data_dirs(options.state_dir / "state") | {
        "BIND_HOST": HOST,
        "MINISTACK_HOST": "localhost",
        "GATEWAY_PORT": str(options.port),
        "AUTH": "true" if options.enforce_iam else "false",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": options.endpoint,
        "LAMBDA_EXECUTOR": "local",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }


def prepare(options: Options) -> None:
    """Set the process up before MiniStack is imported: its settings, and a folder for temporary files."""
    os.umask(0o077)  # state holds credentials of roles, and whatever jobs have in their environment
    scratch = options.state_dir / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)  # unpacked function zips of a server that was killed
    scratch.mkdir(parents=True)
    for name in ("PYTHONPATH", "AWS_PROFILE", "AWS_SESSION_TOKEN", "SERVICES"):
        # Handlers inherit this environment: nothing of the person who started the server belongs in it.
        os.environ.pop(name, None)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    ministack.configure(environment(options))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _log.setLevel(logging.INFO)


def _record(options: Options) -> record.Server:
    return record.Server(
        options.endpoint, os.getpid(), options.port, time.time(), options.enforce_iam, options.executor
    )


def listening(port: int) -> socket.socket:
    """Return a socket that listens on a port; it is taken first, for two servers may start at once.

    Raises:
        OSError: EADDRINUSE, another program has the port.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


async def serve(options: Options, listener: socket.socket) -> None:
    """Serve until a signal asks to stop; then stop the engine, and save.

    Args:
        options: of the server.
        listener: where to serve.

    Raises:
        BatchyardError: the state can not be read or written.
    """
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from hypercorn.utils import LifespanFailureError

    from batchyard.local.assembly import Environment

    stop = asyncio.Event()
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1.0
    config.loglevel = "WARNING"
    local = Environment(
        _record(options), options.state_dir, job_settings(options.executor, options.state_dir)
    )
    _on_signals(local, stop)
    try:
        await hypercorn_serve(local.app, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    except LifespanFailureError as error:
        raise local.failure or error from None
    finally:
        await asyncio.to_thread(local.stop)


def _on_signals(local: Environment, stop: asyncio.Event) -> None:
    """Let a signal end what runs, and then the serving, which what runs may need until it has ended."""
    loop = asyncio.get_running_loop()

    def quieten() -> None:
        try:
            local.quiet()
        finally:
            loop.call_soon_threadsafe(stop.set)

    def end() -> None:
        # A thread of its own: functions that run may hold all of the loop's.
        thread = threading.Thread(target=quieten, name="quieten", daemon=True)
        for number in _SIGNALS:
            loop.add_signal_handler(number, stop.set)  # who asks again does not want to wait
        thread.start()

    for number in _SIGNALS:
        loop.add_signal_handler(number, end)


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if argv is None else argv)
    prepare(options)
    try:
        listener = listening(options.port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"error: port {options.port} is taken", file=sys.stderr)  # noqa: T201
        return PORT_TAKEN
    try:
        record.claim(options.state_dir)
        ministack.check()
        saver.check(options.state_dir / "state" / "services")
        asyncio.run(serve(options, listener))
    except BatchyardError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - there is no command line above this process
        return error.exit_code
    _log.info("stopped")
    return 0


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    # Threads of executions that still wait for a job would hold the interpreter for ever.
    os._exit(code)
