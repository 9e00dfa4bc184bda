"""Puts the local environment together: MiniStack, the Batch engine, the mends, and what saves their state."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from batchyard.local import (
    batch_api,
    fault,
    identity,
    interpreter,
    journal,
    mends,
    ministack,
    record,
    recovery,
    saver,
    submit_job,
)
from batchyard.local.batch import BatchEngine, EngineSettings
from batchyard.local.host import EmulatorHost

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_INTERNAL = "/_batchyard/"
_log = logging.getLogger("batchyard.local")


class Environment:
    """The whole of it, as one ASGI application.

    Args:
        server: the record of this server.
        local_dir: folder of the local environment.
        jobs: how jobs run.
    """

    def __init__(self, server: record.Server, local_dir: Path, jobs: EngineSettings) -> None:
        self.failure: Exception | None = None
        self._journal = journal.Journal(local_dir / "state" / "services")
        self._saver = saver.Saver(local_dir / "state" / "services", self._journal)
        self._engine = BatchEngine(
            local_dir / "batch", EmulatorHost(server.endpoint, self._saver.touch), jobs
        )
        self._server, self._folder = server, local_dir
        self._serve = ministack.get("app", "app")
        self._stopped = False
        batch_api.install(self._engine)
        self._task = submit_job.install(self._engine)
        identity.install()
        interpreter.install(self._saver.touch)
        mends.install()
        self._journal.install()

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._serve(scope, receive, self._after_startup(send))
            return
        path = scope.get("path", "")
        if path.startswith(_INTERNAL):
            await self._internal(path.removeprefix(_INTERNAL), receive, send)
            return
        self._saver.touch()
        await self._serve(scope, receive, send)
        self._saver.touch()
        if path == "/_ministack/reset":
            await asyncio.to_thread(self._engine.reset)

    def stop(self) -> None:
        """Stop the engine and save; once."""
        if not self._stopped:
            self._stopped = True
            self._task.close()
            self._engine.stop()
            self._saver.stop()

    def _after_startup(self, send: Send) -> Send:
        async def forward(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                # State is loaded and the loop runs, but nobody is served yet.
                try:
                    await asyncio.to_thread(self._start)
                except Exception as error:
                    # Only a failure that is told in this way ends the server instead of being left out.
                    self.failure = error
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    raise
            await send(message)

        return forward

    def _start(self) -> None:
        self._engine.start()
        self._journal.restore()
        recovery.end_lost_executions(self._task)
        self._saver.start()
        record.write(self._folder, self._server)
        _log.info("serving on %s", self._server.endpoint)

    async def _internal(self, name: str, receive: Receive, send: Send) -> None:
        if name == "health":
            await _answer(send, 200, asdict(self._server))
        elif name == "fault":
            status, answer = await asyncio.to_thread(fault.inject, self._engine, await _body(receive))
            await _answer(send, status, answer)
        else:
            await _answer(send, 404, {"message": f"there is no {_INTERNAL}{name}"})


async def _body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = bool(message.get("more_body"))
    return b"".join(parts)


async def _answer(send: Send, status: int, document: Any) -> None:  # noqa: ANN401 - any JSON
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(document).encode()})
