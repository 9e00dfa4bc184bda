"""Puts the local environment together: MiniStack, the Batch engine, the mends, and what saves their state."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from batchyard.local import batch_api, fault, identity, mends, mends_lambda, ministack, record, saver, tasks
from batchyard.local.batch import BatchEngine, EngineSettings
from batchyard.local.host import EmulatorHost
from batchyard.local.states.install import States
from batchyard.local.states.item_store import ItemStore
from batchyard.local.states.roles import RealRoles
from batchyard.local.states.service import StatesService
from batchyard.local.tasks.services import LocalIam

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_INTERNAL = "/_batchyard/"
_LOOK_SECONDS = 0.02
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
        self._saver = saver.Saver(local_dir / "state" / "services")
        self._engine = BatchEngine(
            local_dir / "batch", EmulatorHost(server.endpoint, self._saver.touch), jobs
        )
        self._server, self._folder = server, local_dir
        self._serve = ministack.get("app", "app")
        self._quiet = self._stopped = False
        roles = RealRoles(LocalIam()) if server.enforce_iam else None
        self._states = States(local_dir / "states", self._runner, roles)
        self._items: ItemStore | None = None
        self._waiting: asyncio.Task[None] | None = None
        batch_api.install(self._engine)
        identity.install()
        self._states.install()
        mends.install()
        mends_lambda.install()

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._serve(scope, receive, self._after_startup(send))
            return
        path = scope.get("path", "")
        if path.startswith(_INTERNAL):
            await self._internal(path.removeprefix(_INTERNAL), receive, send)
            return
        self._saver.touch()
        if (path, scope.get("method")) == ("/_ministack/reset", "POST"):  # before it is answered
            await asyncio.to_thread(self._states.reset)
            await asyncio.to_thread(self._engine.reset)
        await self._serve(scope, receive, send)
        self._saver.touch()

    def quiet(self) -> None:
        """Let no execution go on, and end what runs for them, so that nobody is served who would wait long.

        Before the server stops to serve: a call that it broke off would be told as a failure.
        """
        self._quiet = True
        self._close_items()
        self._states.stop()
        mends_lambda.end_workers()

    def stop(self) -> None:
        """Stop the engines and save; once."""
        if not self._stopped:
            self._stopped = True
            self.quiet()
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
                self._waiting = asyncio.create_task(self._go_on())
            await send(message)

        return forward

    async def _go_on(self) -> None:
        """Let executions go on as soon as this server takes calls: those that they made go out again."""
        while not self._quiet:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
            except OSError:
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                writer.close()
                break
        if not self._quiet:
            self._states.start()

    def _start(self) -> None:
        self._engine.start()
        self._states.restore()
        self._saver.start()
        record.write(self._folder, self._server)
        _log.info("serving on %s", self._server.endpoint)

    def _runner(self, service: StatesService) -> tasks.LocalRunner:
        iam, endpoint = LocalIam(), self._server.endpoint
        self._close_items()
        self._items = ItemStore(endpoint, iam)
        return tasks.LocalRunner(
            tasks.Services(endpoint, self._engine, service.activities, service.executions, self._items, iam)
        )

    def _close_items(self) -> None:
        if self._items is not None:
            self._items.close()

    async def _internal(self, name: str, receive: Receive, send: Send) -> None:
        if name == "health":
            await _answer(send, 200, {**asdict(self._server), "failure": self._states.failure})
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
