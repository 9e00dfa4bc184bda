"""A client that writes requests and reads answers as botocore does, up to the handler without a socket."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.unit.local.states.execution_client import Tasks

from batchyard.asl.engine.tasks import Effect, Report, TaskCall
from batchyard.local.states.install import States
from batchyard.local.states.service import StatesService

Json = dict[str, Any]
Call = Callable[..., Json]


class _Runner(Tasks):
    """Takes tasks; those of activities go to the activities."""

    service: StatesService

    def of(self, service: StatesService) -> _Runner:
        self.service = service
        return self

    def start(self, effect: Effect, report: Report) -> None:
        if isinstance(effect, TaskCall) and effect.call.kind == "activity":
            self.service.activities.schedule(effect, report)
        else:
            super().start(effect, report)

    def close(self) -> None:
        pass


class _Raw(io.BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


class Wire:
    """A botocore client whose requests go to the service without a socket between."""

    def __init__(self, folder: Path) -> None:
        self.tasks = _Runner()
        self.states = States(folder, self.tasks.of)
        self.states.restore()
        self.states.start()
        self.client = _client()
        self.client.meta.events.unregister("before-send.stepfunctions", unique_id="wire")
        self.client.meta.events.register("before-send.stepfunctions", self._send, unique_id="wire")
        self.answer: Any = None

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        headers = {
            key.lower(): value.decode() if isinstance(value, bytes) else value
            for key, value in request.headers.items()
        }
        handled = self.states.handle("POST", "/", headers, request.body, {})
        status, told, body = asyncio.run(handled)
        self.answer = json.loads(body)
        return AWSResponse(request.url, status, told, _Raw(body))

    def __call__(self, operation: str, **request: Any) -> Json:
        """Call an operation; its answer must have the shape that the model gives it."""
        answer: Json = self.client._make_api_call(operation, request)
        shape = self.client.meta.service_model.operation_model(operation).output_shape
        faults = list(_faults(shape, self.answer, operation))
        assert not faults, faults
        return answer

    def refused(self, operation: str, **request: Any) -> tuple[int, str]:
        with pytest.raises(ClientError) as caught:
            self.client._make_api_call(operation, request)
        answer = caught.value.response
        return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]

    def status(self, operation: str, request: Json) -> int:
        """Return how a request is answered, whatever it is."""
        headers = {"x-amz-target": f"AWSStepFunctions.{operation}"}
        body = json.dumps(request).encode()
        handled = self.states.handle("POST", "/", headers, body, {})
        try:
            return asyncio.run(asyncio.wait_for(handled, 5))[0]
        except Exception as problem:  # the emulator answers it with status 500
            logging.error("%s: %s", operation, problem, exc_info=problem)
            return 500


@cache
def _client() -> Any:
    return botocore.session.Session().create_client(
        "stepfunctions",
        endpoint_url="http://127.0.0.1:1",
        region_name="us-east-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="any",
        config=Config(
            inject_host_prefix=False, retries={"total_max_attempts": 1}, parameter_validation=False
        ),
    )


_PLAIN: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "timestamp": (int, float),
    "float": (int, float),
    "double": (int, float),
}


def _faults(shape: Any, value: Any, where: str) -> Iterator[str]:
    """Yield where an answer is not as its shape: more than botocore's parser looks at."""
    if shape is None:
        if value:
            yield f"{where}: nothing is expected"
    elif shape.type_name == "structure":
        yield from (f"{where}.{name} is missing" for name in shape.required_members if name not in value)
        for name, each in value.items():
            if name not in shape.members:
                yield f"{where}.{name} is not in the model"
            else:
                yield from _faults(shape.members[name], each, f"{where}.{name}")
    elif shape.type_name == "list":
        for each in value:
            yield from _faults(shape.member, each, f"{where}[]")
    elif shape.type_name == "map":
        for each in value.values():
            yield from _faults(shape.value, each, f"{where}{{}}")
    else:
        allowed = getattr(shape, "enum", None)
        if not isinstance(value, _PLAIN[shape.type_name]):
            yield f"{where}: {value!r} is no {shape.type_name}"
        elif allowed and value not in allowed:
            yield f"{where}: {value!r} is none of {allowed}"
