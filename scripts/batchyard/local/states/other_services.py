"""The emulator's other services that know state machines: EventBridge, Scheduler, Pipes and CloudFormation.

They call functions and read tables of the emulator's own Step Functions, which lead here instead.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from batchyard.local import ministack
from batchyard.local.batch.host import Scope
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.interface import Json

MODULE = "services.stepfunctions"
Response = tuple[int, dict[str, str], bytes]
Call = Callable[[Scope, str, Json], Json]
_log = logging.getLogger("batchyard.local.states")
_TYPES = {"Level": "level", "IncludeExecutionData": "includeExecutionData", "Destinations": "destinations"}
_DESTINATION = {"CloudWatchLogsLogGroup": "cloudWatchLogsLogGroup", "LogGroupArn": "logGroupArn"}


def install(call: Call) -> None:
    """Lead the emulator's services to the given API.

    Args:
        call: answers an operation in an account and region, on the calling thread.
    """
    table = Machines(call)
    places = {
        "_state_machines": table,
        "_start_execution": _operation(call, "StartExecution"),
        "_update_state_machine": _operation(call, "UpdateStateMachine"),
        "_tag_resource": _operation(call, "TagResource"),
        "_untag_resource": _operation(call, "UntagResource"),
        "_resolve_state_machine_arn": table.resolved,
        "get_state": dict,
        "load_persisted_state": lambda data: None,  # noqa: ARG005 - the emulator's parameter
    }
    for name, ours in places.items():
        ministack.put(MODULE, name, ours)


class Machines(MutableMapping[str, Json]):
    """The table of state machines, which the emulator's CloudFormation writes and reads."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def __getitem__(self, arn: str) -> Json:
        try:
            return self._call(ministack.scope(), "DescribeStateMachine", {"stateMachineArn": arn})
        except ApiError as error:
            raise KeyError(arn) from error

    def __setitem__(self, arn: str, record: Json) -> None:
        keys = ("name", "definition", "roleArn", "type", "encryptionConfiguration")
        request = {key: record[key] for key in keys if record.get(key)}
        request["loggingConfiguration"] = _logging(record.get("loggingConfiguration") or {})
        self._call(ministack.scope(), "CreateStateMachine", request)

    def __delitem__(self, arn: str) -> None:
        self._call(ministack.scope(), "DeleteStateMachine", {"stateMachineArn": arn})

    def __iter__(self) -> Iterator[str]:
        answer = self._call(ministack.scope(), "ListStateMachines", {"maxResults": 1000})
        yield from (each["stateMachineArn"] for each in answer["stateMachines"])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Leave it to the environment's own reset."""

    def resolved(self, arn: str) -> str | None:
        """Return a machine's ARN, given its own or that of its version or alias; None if it is not there."""
        try:
            self._call(ministack.scope(), "DescribeStateMachine", {"stateMachineArn": arn})
        except ApiError:
            alias = {"stateMachineAliasArn": arn}
            try:
                self._call(ministack.scope(), "DescribeStateMachineAlias", alias)
            except ApiError:
                return None
        return ":".join(arn.split(":")[:7])


def _operation(call: Call, operation: str) -> Callable[[Json], Response]:
    def answer(data: Json) -> Response:
        request = dict(data)
        if "loggingConfiguration" in request:
            request["loggingConfiguration"] = _logging(request["loggingConfiguration"])
        headers = {"Content-Type": "application/x-amz-json-1.0"}
        try:
            return 200, headers, json.dumps(call(ministack.scope(), operation, request)).encode()
        except ApiError as error:
            _log.warning("%s of another service is refused: %s", operation, error)
            status, told = error.response()
            return status, headers, json.dumps(told).encode()

    return answer


def _logging(given: Mapping[str, Any]) -> Json:
    """Return a template's logging configuration as the API spells it."""
    found: Json = {_TYPES.get(key, key): value for key, value in given.items()}
    if "destinations" in found:
        found["destinations"] = [_renamed(each) for each in found["destinations"]]
    return found


def _renamed(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {_DESTINATION.get(key, key): _renamed(item) for key, item in value.items()}
    return value
