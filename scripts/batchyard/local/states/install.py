"""Step Functions in the place of the emulator's: over HTTP, and for the emulator's other services."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from batchyard.asl.engine.tasks import TaskRunner
from batchyard.errors import BatchyardError
from batchyard.local import ministack
from batchyard.local.batch.host import Scope
from batchyard.local.states import api, other_services
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.interface import Json
from batchyard.local.states.outlets import EmulatorOutlets
from batchyard.local.states.roles import Roles
from batchyard.local.states.service import StatesService

Response = tuple[int, dict[str, str], bytes]
_log = logging.getLogger("batchyard.local.states")
_LOOKS = ("Describe", "List", "GetExecutionHistory", "Validate", "Test")
_PATIENCE_SECONDS = 30.0


class Runner(TaskRunner, Protocol):
    def close(self) -> None:
        """Begin nothing more."""
        ...


class States:
    """The service of one environment, which `reset` makes anew.

    Args:
        folder: where its state is.
        make_runner: gives what does the tasks of a service.
        roles: says which roles state machines may have; by default any.
    """

    def __init__(
        self, folder: Path, make_runner: Callable[[StatesService], Runner], roles: Roles | None = None
    ) -> None:
        self._folder, self._make_runner, self._roles = folder, make_runner, roles
        self._service: StatesService | None = None
        self._runner: Runner | None = None

    def install(self) -> None:
        """Take the place of the emulator's own."""
        ministack.handlers()["states"] = self.handle
        other_services.install(self.call)

    def restore(self) -> None:
        """Open the state, and take up the executions in it; nothing goes on before `start`.

        Raises:
            BatchyardError: it can not be read, or another process has it.
        """
        self._service = StatesService(self._folder, self._made, EmulatorOutlets(), roles=self._roles)
        self._service.restore()

    def start(self) -> None:
        """Let executions go on; the environment must be serving, because their tasks call it."""
        if self._service is not None:
            self._service.start()

    def stop(self) -> None:
        """Begin no task any more, and save; open executions go on after the next start."""
        if self._runner is not None:
            self._runner.close()
        if self._service is not None:
            self._service.stop()
        self._service = self._runner = None

    def reset(self) -> None:
        """Forget every state machine and execution."""
        if self._runner is not None:
            self._runner.close()
        if self._service is not None:
            service, self._service = self._service, None
            service.host.stop()
            service.store.wipe()
            service.store.close()
            self.restore()
            self.start()

    @property
    def failure(self) -> str | None:
        """Say why no execution goes on any more."""
        problem = self._service.host.failure if self._service is not None else None
        return None if problem is None else f"state machines: {problem!r}; see the log"

    async def handle(
        self,
        method: str,  # noqa: ARG002 - as the emulator calls handlers
        path: str,  # noqa: ARG002
        headers: Mapping[str, str],
        body: bytes,
        query: Any,  # noqa: ANN401, ARG002
    ) -> Response:
        """Answer a request over HTTP."""
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        try:
            request = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            return _response(*ApiError("SerializationException", "The request body is not JSON").response())
        try:
            return _response(
                200, await asyncio.wrap_future(self.submit(ministack.scope(), operation, request))
            )
        except ApiError as error:
            return _response(*error.response())
        except BatchyardError as error:
            return _response(500, {"__type": "ServiceUnavailable", "message": str(error)})

    def call(self, scope: Scope, operation: str, request: Json) -> Json:
        """Answer a request of another service, on its thread.

        Raises:
            ApiError: it is refused.
            BatchyardError: nothing is served.
        """
        return self.submit(scope, operation, request).result(_PATIENCE_SECONDS)

    def submit(self, scope: Scope, operation: str, request: object) -> Future[Json]:
        """Let a request be answered on the host's thread."""
        service = self._service
        if service is None:
            raise BatchyardError("the local environment starts or stops", fix="try again in a moment")
        answer: Callable[[], Json | Future[Json]] = partial(api.handle, service, scope, operation, request)
        return service.host.submit(answer, reads=operation.startswith(_LOOKS))

    def _made(self, service: StatesService) -> TaskRunner:
        self._runner = self._make_runner(service)
        return self._runner


def _response(status: int, answer: Json) -> Response:
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    if status >= 400:
        headers["x-amzn-ErrorType"] = str(answer["__type"])
    return status, headers, json.dumps(answer).encode()
