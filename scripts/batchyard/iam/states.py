"""The role of a state machine, derived from its definition."""

from __future__ import annotations

from collections.abc import Iterator

from batchyard import asl
from batchyard.errors import BatchyardError
from batchyard.iam.integrations import INTEGRATIONS, execution_arn, invoke_function
from batchyard.iam.needs import Gap, Need, Statement, statements
from batchyard.iam.sdk import sdk_action
from batchyard.iam.task import Found, Task
from batchyard.names import Names

# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
LOG_ACTIONS = tuple(
    f"logs:{action}"
    for action in [
        "CreateLogDelivery",
        "DeleteLogDelivery",
        "DescribeLogGroups",
        "DescribeResourcePolicies",
        "GetLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "UpdateLogDelivery",
    ]
)
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
TRACE_ACTIONS = tuple(
    f"xray:{action}"
    for action in ["GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments"]
)


def derive(
    definition: object,
    names: Names,
    *,
    state_machine: str | None = None,
    logging: bool = True,
    tracing: bool = True,
) -> list[Statement]:
    """Return the statements of a state machine's role: each Task's actions on exact ARNs.

    Args:
        definition: the parsed ASL document.
        names: of the environment it is deployed in.
        state_machine: the machine's own name, needed only when it has a Distributed Map.
        logging: whether the machine writes a log.
        tracing: whether it is traced.

    Raises:
        BatchyardError: a Task's permissions can not be read off the document.
    """
    needs, gaps = required(definition, names, state_machine=state_machine, logging=logging, tracing=tracing)
    if gaps:
        first = gaps[0]
        more = f" (and {len(gaps) - 1} more; see lint)" if len(gaps) > 1 else ""
        raise BatchyardError(first.message + more, where=f"state {first.state}", fix=first.fix)
    return statements(needs)


def required(
    definition: object,
    names: Names,
    *,
    state_machine: str | None = None,
    logging: bool = True,
    tracing: bool = True,
) -> tuple[list[Need], list[Gap]]:
    """Return every (action, resource) that a definition needs with its state, and what can not be derived.

    Args: as of `derive`; a machine that has been read serves too.
    """
    machine = definition if isinstance(definition, asl.Machine) else asl.read(definition)
    found = [each for state in machine.states for each in _of_state(state, names, state_machine)]
    found += [Need("DeliverLogs", action, "*", reason="logging") for action in LOG_ACTIONS if logging]
    found += [Need("Trace", action, "*", reason="tracing") for action in TRACE_ACTIONS if tracing]
    needs = sorted({each for each in found if isinstance(each, Need)})
    return needs, sorted({each for each in found if isinstance(each, Gap)})


def _of_state(state: asl.State, names: Names, state_machine: str | None) -> Found:
    if state.distributed:
        yield from _distributed(state, names, state_machine)
    call = state.call
    if call is None or call.kind == "activity":
        return
    task = Task(state, call, names, state_machine)
    if "Credentials" in state.body:
        yield from _other_role(task)
    elif call.kind == "lambda":
        yield from invoke_function(task)
    elif call.kind == "sdk":
        yield from sdk_action(task)
    elif (call.service, call.action) in INTEGRATIONS:
        yield from INTEGRATIONS[call.service, call.action](task)
    else:
        known = ", ".join(sorted(f"{service}:{action}" for service, action in INTEGRATIONS))
        yield task.gap(
            f"role cannot be derived: the integration {call.service}:{call.action} is not known here",
            f"use one of {known}, an aws-sdk: integration, or a function",
        )


def _other_role(task: Task) -> Found:
    """Yield what a task with Credentials needs: to assume that role, whose own permissions the call uses.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
    """
    roles = asl.literal_arns(task.state.body["Credentials"])
    if not roles:
        yield task.gap(
            "role cannot be derived: Credentials name no literal role", "write the role's ARN into RoleArn"
        )
    for role in roles:
        yield task.need("AssumeRoles", "sts:AssumeRole", role, "Credentials")


def _distributed(state: asl.State, names: Names, state_machine: str | None) -> Found:
    """Yield what a Distributed Map needs: to start, follow and redrive child executions of its own machine.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    """
    if state_machine is None:
        fix = "pass state_machine, the name that it is deployed under"
        yield Gap(
            state.path, state.name, "role cannot be derived: a Distributed Map starts its own machine", fix
        )
        return
    own = names.arn("states", f"stateMachine:{state_machine}")
    follow = ("states:DescribeExecution", "states:RedriveExecution", "states:StopExecution")
    yield Need("RunItems", "states:StartExecution", own, state.path, state.name, "Distributed Map")
    for action in follow:
        yield Need("FollowItems", action, execution_arn(own), state.path, state.name, "Distributed Map")
    yield from _item_files(state, names)


def _item_files(state: asl.State, names: Names) -> Iterator[Need | Gap]:
    for key, fields in (
        ("ItemReader", ("s3:GetObject",)),
        ("ResultWriter", ("s3:GetObject", "s3:PutObject")),
    ):
        body = asl.as_dict(state.body.get(key))
        if not body or ("Resource" not in body and "WriterConfig" in body):
            continue  # results that are only shaped, not written, go to no bucket
        where = asl.as_dict(body.get("Arguments", body.get("Parameters")))
        bucket = where.get("Bucket")
        if not isinstance(bucket, str) or bucket.strip().startswith("{%"):
            message = f"role cannot be derived: {key} names no literal Bucket"
            yield Gap(state.path, state.name, message, f"write the bucket's name into {key}")
            continue
        arn = names.arn("s3", bucket, region="", account="")
        if str(body.get("Resource", "")).endswith(":listObjectsV2"):
            yield Need("ListItems", "s3:ListBucket", arn, state.path, state.name, key)
            continue
        actions = (
            fields
            if key == "ItemReader"
            else (*fields, "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
        )
        for action in actions:
            sid = "ReadItems" if key == "ItemReader" else "WriteResults"
            yield Need(sid, action, f"{arn}/*", state.path, state.name, key)
