"""Copies of a rendered workflow, with roles of their own, from which single statements are taken."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.local.clients import trust, until
from tests.stack import Stack

_LOG_GROUP = "/aws/batch/job"
_BODIES = {
    "container_properties": "containerProperties",
    "ecs_properties": "ecsProperties",
    "node_properties": "nodeProperties",
}
Json = dict[str, Any]
# Statements that no run on this machine lacks, and why. All others are taken away in tests.
UNSEEN = {
    "DeliverLogs": "needed for the machine to be taken, which test_permissions sees",
    "StopJobs": "needed by runs that are stopped, as test_permissions does",
    "Trace": "traces that can not be sent are left out"
    " (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html)",
    "LogInToRegistry": "images are not pulled: here the jobs' programs run from their folders",
    "PullImages": "images are not pulled: here the jobs' programs run from their folders",
    "WriteLogs": "what jobs print is written by the environment itself",
}


@dataclass(frozen=True)
class Statement:
    """A statement of a role that a workflow has: of a job, an execution, a function or the machine."""

    role: str
    sid: str
    actions: tuple[str, ...]


def bundle(stack: Stack, workflow: str) -> Json:
    """Return what was rendered of a workflow."""
    path = stack.root / "build" / stack.environment / f"{workflow}.bundle.json"
    found: Json = json.loads(path.read_text())
    return found


def statements(found: Mapping[str, Any]) -> list[Statement]:
    """Return each statement of each role of a bundle."""
    return [
        Statement(role["name"], each["Sid"], tuple(each["Action"]))
        for role, _ in _roles(found)
        for each in role["statements"]
    ]


def _roles(found: Mapping[str, Any]) -> Iterator[tuple[Json, str]]:
    for job in found["job_definitions"].values():
        yield from ((role, "ecs-tasks") for role in (job["role"], job["execution_role"]) if role)
    yield from ((function["role"], "lambda") for function in found["functions"].values())
    yield found["state_machine"]["role"], "states"


class Copy:
    """A workflow under another name, beside the applied one; a call that is refused is not tried again."""

    def __init__(self, stack: Stack, workflow: str, name: str, missing: Collection[Statement]) -> None:
        """Make a copy whose roles lack some of the workflow's statements."""
        self._client, whole = stack.client, bundle(stack, workflow)
        old, build = whole["state_machine"]["name"], stack.root / "build" / stack.environment
        self._name = f"{old}-{name}"

        def renamed(text: str) -> Any:
            return json.loads(text.replace(old, self._name))

        found: Json = renamed(json.dumps(whole))
        self._arns = {role["name"]: self._role(role, service) for role, service in _roles(found)}
        for job in found["job_definitions"].values():
            self._register(job)
        for function in found["functions"].values():
            self._deploy(function, (build / function["zip"]).read_bytes())
        definition = (build / whole["state_machine"]["definition"]).read_text()
        untried = re.sub(r'"MaxAttempts": ?\d+', '"MaxAttempts": 0', definition)
        self._machine = self._create(found["state_machine"], renamed(untried))
        # Not before: a machine is not taken with a role that may not hear of jobs.
        roles = {role["name"]: role for role, _ in _roles(found)}
        for each in missing:
            role = roles[each.role.replace(old, self._name)]
            role["statements"] = [kept for kept in role["statements"] if kept["Sid"] != each.sid]
            self._allow(role)

    def run(self, document: Mapping[str, Any], seconds: float = 120) -> tuple[str, str]:
        """Run the copy to its end and return its status and all that it and its jobs say of it."""
        states = self._client("stepfunctions")
        started = states.start_execution(stateMachineArn=self._machine, input=json.dumps(document))
        arn = started["executionArn"]
        until(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING", seconds)
        ended = states.describe_execution(executionArn=arn)
        said = [f"{ended['status']} {ended.get('error')}: {ended.get('cause')}", *self._log()]
        return ended["status"], "\n".join(said)

    def _log(self) -> Iterator[str]:
        logs = self._client("logs")
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=_LOG_GROUP, logStreamNamePrefix=f"{self._name}-"
        )
        try:
            for page in pages:
                yield from (event["message"] for event in page["events"])
        except logs.exceptions.ResourceNotFoundException:
            return  # no job has said anything yet

    def _role(self, role: Json, service: str) -> str:
        created = self._client("iam").create_role(
            RoleName=role["name"], AssumeRolePolicyDocument=trust(f"{service}.amazonaws.com")
        )
        self._allow(role)
        return str(created["Role"]["Arn"])

    def _allow(self, role: Json) -> None:
        iam, name = self._client("iam"), role["name"]
        if role["statements"]:
            document = json.dumps({"Version": "2012-10-17", "Statement": role["statements"]})
            iam.put_role_policy(RoleName=name, PolicyName="permissions", PolicyDocument=document)
        else:
            iam.delete_role_policy(RoleName=name, PolicyName="permissions")

    def _register(self, job: Json) -> None:
        self._client("batch").register_job_definition(
            jobDefinitionName=job["name"],
            type=job["type"],
            platformCapabilities=job["platform_capabilities"],
            parameters=job["parameters"],
            retryStrategy=job["retry_strategy"],
            timeout={"attemptDurationSeconds": job["timeout_seconds"]},
            **{field: job[key] for key, field in _BODIES.items() if job.get(key)},
        )

    def _deploy(self, function: Json, code: bytes) -> None:
        made = self._client("lambda")
        made.create_function(
            FunctionName=function["name"],
            Runtime=function["runtime"],
            Handler=function["handler"],
            Role=self._arns[function["role"]["name"]],
            Code={"ZipFile": code},
            Timeout=function["timeout_seconds"],
            Environment={"Variables": function["environment"]},
        )
        made.create_alias(FunctionName=function["name"], Name="live", FunctionVersion="$LATEST")

    def _create(self, machine: Json, definition: Json) -> str:
        made = self._client("stepfunctions").create_state_machine(
            name=machine["name"],
            roleArn=self._arns[machine["role"]["name"]],
            definition=json.dumps(definition),
        )
        return str(made["stateMachineArn"])
