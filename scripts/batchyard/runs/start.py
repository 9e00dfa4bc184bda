"""Start an execution."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.errors import BatchyardError, UsageError
from batchyard.names import ALIAS
from batchyard.runs import bundles, inputs

# Step Functions allows 80 characters; Batch job names, which carry the execution's, only these.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


@dataclass(frozen=True)
class StartRequest:
    """What StartExecution is called with."""

    state_machine_arn: str
    name: str
    input: str


def request(
    environment: Environment,
    workflow: str,
    document: Mapping[str, Any],
    *,
    name: str | None = None,
    source: str = "input",
    now: datetime | None = None,
) -> StartRequest:
    """Return the checked request that starts a run; nothing is called.

    Args:
        environment: where.
        workflow: deployed name of the workflow.
        document: the run's input.
        name: the execution's name; made from time and content when None.
        source: where the input comes from, for messages.
        now: the time to name it after.

    Raises:
        UsageError: unknown workflow, or a name that can not be one.
        BatchyardError: the input does not fit the workflow's schema, or it is not rendered.
    """
    bundle = bundles.load(environment, workflow)
    inputs.check(document, bundle["input_schema"], source=source, folder=environment.folder_of(workflow))
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    named = name or execution_name(text, now or datetime.now(UTC))
    if not _NAME.fullmatch(named):
        raise UsageError(
            f"not a name for a run: {named}",
            fix="use 1 to 80 letters, digits, - and _, a letter or digit first",
        )
    return StartRequest(f"{environment.names.state_machine_arn(workflow)}:{ALIAS}", named, text)


def execution_name(text: str, now: datetime) -> str:
    """Return a name that sorts by time and tells inputs apart."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{now:%Y%m%dT%H%M%S}-{now.microsecond // 1000:03d}-{digest}"


def start(environment: Environment, request: StartRequest) -> str:
    """Start the execution and return its ARN.

    Raises:
        BatchyardError: the state machine does not exist, or the name is taken.
    """
    from botocore.exceptions import ClientError

    try:
        answer = client(environment, "stepfunctions").start_execution(
            stateMachineArn=request.state_machine_arn, name=request.name, input=request.input
        )
    except ClientError as error:
        raise _explained(environment, request, error.response["Error"]) from error
    return str(answer["executionArn"])


def _explained(environment: Environment, request: StartRequest, error: Mapping[str, str]) -> BatchyardError:
    code = error["Code"]
    if code in {"StateMachineDoesNotExist", "StateMachineTypeNotSupported", "ResourceNotFound"}:
        return BatchyardError(
            "the workflow is not deployed",
            where=request.state_machine_arn,
            fix=f"plan and apply first: make apply ENV={environment.environment}",
        )
    if code == "ExecutionAlreadyExists":
        return BatchyardError(
            f"there is a run named {request.name} already", fix="leave --name away, or choose another"
        )
    return BatchyardError(
        f"StartExecution: {code}: {error.get('Message', '')}", where=request.state_machine_arn
    )
