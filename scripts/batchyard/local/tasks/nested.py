"""`states:startExecution`, alone and with `.sync`, `.sync:2` or `.waitForTaskToken`.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from batchyard.asl.data.text import dump
from batchyard.asl.engine.tasks import Failed, Succeeded, TaskCall
from batchyard.asl.errors import TASK_FAILED
from batchyard.iam import rules
from batchyard.iam.integrations import execution_arn as every_execution
from batchyard.local.batch.host import Scope
from batchyard.local.tasks import calls, casing, shapes
from batchyard.local.tasks.calls import Calls
from batchyard.local.tasks.catalog import Target, target
from batchyard.local.tasks.failures import TaskError
from batchyard.local.tasks.handler import Handler, Tell
from batchyard.local.tasks.services import Executions

_log = logging.getLogger("batchyard.local.tasks")
_EXISTS = "StepFunctions.ExecutionAlreadyExistsException"
_DATES = ("StartDate", "StopDate", "RedriveDate")


class Nested(Handler):
    """Starts executions, under a name that belongs to the effect, so that one is not started twice."""

    def __init__(self, own_calls: Calls, executions: Executions) -> None:
        super().__init__(own_calls)
        self._executions = executions

    def begin(self, call: TaskCall, again: bool) -> Any:  # noqa: ANN401
        found = target(call.call)
        params = calls.prepare(call, found)
        params = {"input": "{}", "name": name_of(call), **params}
        machine = str(params.get("stateMachineArn", ""))
        if call.call.pattern == "sync":
            self._calls.authorize(call, found, sync_needs(self._calls.scope(call), machine))
        try:
            return calls.finish(self._calls.send(call, found, params), found)
        except TaskError as error:
            if not (again and error.error == _EXISTS):
                raise
            # The server was killed between the start and the telling of it; the execution has ended since.
            now = datetime.now(UTC)
            return {"ExecutionArn": execution_arn(machine, params["name"]), "StartDate": shapes.epoch_ms(now)}

    def follow(self, call: TaskCall, submitted: Any, tell: Tell) -> None:  # noqa: ANN401
        def ended(record: Mapping[str, Any]) -> None:
            told = described(record, parsed=call.call.version == 2)
            if record["status"] == "SUCCEEDED":
                tell(Succeeded(told))
            else:
                tell(Failed(TASK_FAILED, dump(told)))

        self._executions.when_ended(str(submitted["ExecutionArn"]), ended)

    def give_up(self, call: TaskCall, submitted: Any) -> None:  # noqa: ANN401
        """Stop the execution, if the role may."""
        found = target(call.call)
        stop = Target(
            found.client,
            found.operation.service_model.operation_model("StopExecution"),
            found.style,
            found.fact,
            found.prefix,
        )
        try:
            self._calls.send(call, stop, {"executionArn": submitted["ExecutionArn"]})
        except TaskError as error:
            _log.warning("execution %s runs on: %s", submitted["ExecutionArn"], error.cause)


def name_of(call: TaskCall) -> str:
    """Return the name of the execution that a task starts where its author gave none."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, call.id))


def execution_arn(machine: str, name: str) -> str:
    """Return the ARN of a machine's execution; the machine's may have a version or alias."""
    parts = machine.split(":")
    return ":".join([*parts[:5], "execution", parts[6], name])


def sync_needs(scope: Scope, machine: str) -> list[tuple[str, str]]:
    """Return what `.sync` needs to wait, beside states:StartExecution; the calls themselves are checked."""
    return [
        ("states:DescribeExecution", every_execution(machine)),
        *rules.needs("states", scope.region, scope.account),
    ]


def described(record: Mapping[str, Any], *, parsed: bool) -> dict[str, Any]:
    """Return an ended execution as `.sync` yields it.

    Args:
        record: what DescribeExecution tells, times in seconds.
        parsed: `.sync:2` gives input and output as JSON, `.sync` as text.
    """
    found = {casing.capital(key): value for key, value in sorted(record.items()) if value is not None}
    for key in ("InputDetails", "OutputDetails"):
        if key in found:
            found[key] = {casing.capital(name): value for name, value in found[key].items()}
    for key in _DATES:
        if key in found:
            found[key] = round(found[key] * 1000)
    if parsed:
        found |= {key: json.loads(found[key]) for key in ("Input", "Output") if key in found}
    return found
