"""Starts, stops and watches the local environment's server."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from batchyard.errors import BatchyardError
from batchyard.local import launcher, ports, record
from batchyard.local.record import Server, exclusive, forget, health, read, recall, remember
from batchyard.local.settings import ACCOUNT, REGION
from batchyard.paths import local_dir

_TRIES = 5  # at a port that nobody has
_STATE = ("state", "batch", "states", "work", "tmp")


def up(*, port: int | None = None, enforce_iam: bool | None = None, executor: str | None = None) -> Server:
    """Start the local environment, or find it running with these settings; with others, restart it.

    What is None stays as the running or else the last server has it; at first, nothing is enforced, and jobs
    are processes.

    Args:
        port: TCP port on 127.0.0.1; by default the last one, then 4566, then any that is free.
        enforce_iam: hold functions and jobs to their roles.
        executor: where jobs run: `process`, `container` or `simulated`.

    Raises:
        BatchyardError: the port is taken, or the server did not get ready.
    """
    folder = local_dir()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # credentials of roles, and whatever jobs have in their environment
    with exclusive(folder / "up.lock"):
        running = status()
        enforced, how = settings(running, enforce_iam, executor)
        if running and running.fits(port=port, enforce_iam=enforced, executor=how):
            remember(folder, running)
            return running
        if running:
            if port is not None and port != running.port:
                ports.insist(port)  # or there would be no environment at all
            launcher.stop(folder, running)
        server = _start(folder, port, enforced, how)
        remember(folder, server)
        try:
            ensure_bucket(_state_bucket(), server)
        except BaseException:
            launcher.stop(folder, server)  # the next start would take it for complete
            raise
        return server


def _start(folder: Path, port: int | None, enforced: bool, how: str) -> Server:
    for _ in range(_TRIES):
        chosen = ports.choose(port, folder / "port")
        try:
            return launcher.start(folder, chosen, enforced, how)
        except launcher.PortTaken as taken:
            lost = taken  # another environment that starts now was quicker; the next look sees it
    raise lost


def settings(running: Server | None, enforce_iam: bool | None, executor: str | None) -> tuple[bool, str]:
    """Return the enforcement and executor that `up` gives, where None is as it is or last was.

    Args:
        running: the running server, or None.
        enforce_iam: hold functions and jobs to their roles.
        executor: where jobs run.
    """
    last = (running.enforce_iam, running.executor) if running else recall(local_dir())
    return last[0] if enforce_iam is None else enforce_iam, executor or last[1]


def down() -> bool:
    """Stop the local environment; state is kept. Return whether it was running."""
    folder = local_dir()
    if not folder.is_dir():
        return False
    with exclusive(folder / "up.lock"):
        running = status()
        if running:
            launcher.stop(folder, running)
        forget(folder)
        return running is not None


def status() -> Server | None:
    """Return the running server, or None: a record that a killed server left behind does not count."""
    found = read(local_dir())
    return found if found and health(found) else None


def failure(server: Server) -> str | None:
    """Return why a part of the running server works no more; None where all do."""
    return record.failure(server)


def reset() -> Server | None:
    """Forget all state; a running environment is started afresh with the same settings and port."""
    running = status()
    down()
    for name in _STATE:
        shutil.rmtree(local_dir() / name, ignore_errors=True)
    if running is None:
        return None
    return up(port=running.port, enforce_iam=running.enforce_iam, executor=running.executor)


def logs(lines: int = 50, follow: bool = False) -> Iterator[str]:
    """Yield the last lines of the server's log, and with `follow` each new one as it comes.

    Args:
        lines: how many.
        follow: go on until the caller stops.

    Raises:
        BatchyardError: there is no log yet.
    """
    path = local_dir() / "server.log"
    if not path.is_file():
        raise BatchyardError("there is no log yet", where=str(path), fix="start it: batchyard local up")
    with path.open(errors="replace") as log:
        yield from (line.rstrip("\n") for line in log.readlines()[-lines:])
        while follow:
            line = log.readline()
            if line:
                yield line.rstrip("\n")
            else:
                time.sleep(0.2)


def ensure_bucket(name: str, server: Server) -> None:
    """Make a versioned bucket where there is none of that name: Terraform needs one before its first run."""
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import ClientError

    # A profile of the person's own has no part in this, and may not even exist.
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    s3 = session.create_client(
        "s3",
        endpoint_url=server.endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="local",  # noqa: S106 - the emulator checks no secret
        config=Config(s3={"addressing_style": "path"}, proxies={}),
    )
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _state_bucket() -> str:
    from batchyard.environments import available, load
    from batchyard.names import Names

    if "local" in available():
        return load("local").names.state_bucket()
    return Names("batchyard", "local", ACCOUNT, REGION).state_bucket()
