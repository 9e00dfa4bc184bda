"""Whether what Terraform made is ready to work: asked of AWS, one check per thing.

An apply can end well and leave a compute environment INVALID or a function that never starts; jobs then wait
as RUNNABLE for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.names import ALIAS

MISSING = "missing"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: what it should be, and what it is."""

    kind: str
    name: str
    wanted: str
    found: str
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.wanted == self.found

    def fault(self) -> str:
        """Return what is wrong."""
        why = f": {self.detail}" if self.detail else ""
        return f"{self.kind} {self.name} is {self.found}, not {self.wanted}{why}"

    def document(self) -> dict[str, Any]:
        """Return the check for programs."""
        return {**asdict(self), "ok": self.ok}


def checks(environment: Environment, bundles: Sequence[dict[str, Any]]) -> Iterator[Check]:
    """Yield a check for every compute environment, queue, job definition, function and state machine.

    Args:
        environment: where.
        bundles: the rendered workflows that it deploys.
    """
    batch = client(environment, "batch")
    yield from _compute_environments(batch, environment)
    yield from _queues(batch, environment)
    yield from _job_definitions(
        batch, [job["name"] for item in bundles for job in item["job_definitions"].values()]
    )
    functions = [function["name"] for item in bundles for function in item["functions"].values()]
    if functions:
        yield from _functions(client(environment, "lambda"), functions)
    states = client(environment, "stepfunctions")
    yield from (_state_machine(states, environment, item["workflow"]) for item in bundles)


def _compute_environments(batch: Any, environment: Environment) -> Iterator[Check]:  # noqa: ANN401
    pages = batch.get_paginator("describe_compute_environments").paginate()
    found = [item for page in pages for item in page["computeEnvironments"]]
    for key in sorted(environment.compute):
        start = f"{environment.names.prefix}-{key}-"  # the rest is the provider's, new at each replacement
        mine = [item for item in found if item["computeEnvironmentName"].startswith(start)]
        if not mine:
            yield Check("compute environment", f"{start}*", "VALID, ENABLED", MISSING)
        yield from (_batch_check("compute environment", "computeEnvironmentName", item) for item in mine)


def _queues(batch: Any, environment: Environment) -> Iterator[Check]:  # noqa: ANN401
    wanted = [environment.names.queue(key) for key in sorted(environment.queues)]
    if not wanted:
        return
    answer = batch.describe_job_queues(jobQueues=wanted)["jobQueues"]
    found = {item["jobQueueName"]: item for item in answer}
    for name in wanted:
        if name in found:
            yield _batch_check("job queue", "jobQueueName", found[name])
        else:
            yield Check("job queue", name, "VALID, ENABLED", MISSING)


def _batch_check(kind: str, key: str, item: dict[str, Any]) -> Check:
    state = f"{item.get('status')}, {item.get('state')}"
    return Check(kind, item[key], "VALID, ENABLED", state, item.get("statusReason", ""))


def _job_definitions(batch: Any, names: Sequence[str]) -> Iterator[Check]:  # noqa: ANN401
    for name in sorted(names):
        answer = batch.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")["jobDefinitions"]
        revision = max((item["revision"] for item in answer), default=None)
        found = MISSING if revision is None else "ACTIVE"
        yield Check("job definition", name, "ACTIVE", found, f"revision {revision}" if revision else "")


def _functions(functions: Any, names: Sequence[str]) -> Iterator[Check]:  # noqa: ANN401
    from botocore.exceptions import ClientError

    for name in sorted(names):
        try:
            answer = functions.get_function_configuration(FunctionName=name, Qualifier=ALIAS)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            yield Check("function", f"{name}:{ALIAS}", "Active", MISSING)
        else:
            state, reason = answer.get("State", "Active"), answer.get("StateReason", "")
            yield Check("function", f"{name}:{ALIAS}", "Active", state, reason)


def _state_machine(states: Any, environment: Environment, workflow: str) -> Check:  # noqa: ANN401
    from botocore.exceptions import ClientError

    arn = environment.names.state_machine_arn(workflow)
    try:
        found = str(states.describe_state_machine(stateMachineArn=arn)["status"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "StateMachineDoesNotExist":
            raise
        found = MISSING
    return Check("state machine", environment.names.state_machine(workflow), "ACTIVE", found)
