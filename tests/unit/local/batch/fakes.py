"""A host in memory and short ways to talk to an engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from batchyard.local.batch import BatchEngine, CredentialsError, Scope
from batchyard.local.batch.host import SecretError

# Long enough for a machine that has other things to do; whoever waits in vain waits for a failure.
PATIENCE = 30.0
SCOPE = Scope("000000000000", "us-east-1")
COMPUTE = {
    "type": "EC2",
    "maxvCpus": 16,
    "subnets": ["subnet-1"],
    "securityGroupIds": ["sg-1"],
    "instanceRole": "arn:aws:iam::000000000000:instance-profile/ecs",
    "instanceTypes": ["optimal"],
}


def vcpus(number: int) -> dict[str, Any]:
    """Return the overrides of a submission that asks for so many vCPUs."""
    return {"resourceRequirements": [{"type": "VCPU", "value": str(number)}]}


class FakeHost:
    """Remembers what the engine asks of it."""

    endpoint_url = "http://127.0.0.1:4566"

    def __init__(self) -> None:
        self.logs: dict[tuple[str, str], list[str]] = {}
        self.events: list[tuple[str, list[str], dict[str, Any]]] = []
        self.sessions: list[tuple[str, str]] = []
        self.secrets: dict[str, str] = {}
        self.reads: list[tuple[str, str, str]] = []
        self.held: threading.Event | None = None

    def put_log_events(
        self, scope: Scope, group: str, stream: str, events: Sequence[tuple[int, str]]
    ) -> None:
        self.logs.setdefault((group, stream), []).extend(message for _, message in events)

    def put_event(
        self, scope: Scope, detail_type: str, resources: Sequence[str], detail: Mapping[str, Any]
    ) -> None:
        self.events.append((detail_type, list(resources), dict(detail)))

    def credentials(self, scope: Scope, role_arn: str, session_name: str) -> Mapping[str, str]:
        if role_arn.endswith("/missing"):
            raise CredentialsError(f"ECS was unable to assume the role '{role_arn}'")
        self.sessions.append((role_arn, session_name))
        return {"AWS_ACCESS_KEY_ID": "ASIA", "AWS_SECRET_ACCESS_KEY": "secret"} if role_arn else {}

    def secret(
        self, scope: Scope, role_arn: str, session_name: str, secret_id: str, stage: str, version: str
    ) -> str:
        if role_arn.endswith("/missing"):
            raise CredentialsError(f"ECS was unable to assume the role '{role_arn}'")
        if self.held:
            assert self.held.wait(PATIENCE)
        self.reads.append((role_arn, scope.region, "|".join((secret_id, stage, version))))
        if secret_id not in self.secrets:
            raise SecretError("ResourceNotFoundException: Secrets Manager can't find the specified secret.")
        return self.secrets[secret_id]

    def parameters(
        self, scope: Scope, role_arn: str, session_name: str, names: Sequence[str]
    ) -> Mapping[str, str]:
        self.reads += [(role_arn, scope.region, name) for name in names]
        return {name: self.secrets[name] for name in names if name in self.secrets}

    def output(self, job: Mapping[str, Any]) -> list[str]:
        return self.logs.get(("/aws/batch/job", job["container"]["logStreamName"]), [])

    def statuses(self, job_id: str) -> list[str]:
        """Return the statuses of a job in the order of its events."""
        changes = [detail for kind, _, detail in self.events if kind == "Batch Job State Change"]
        return [detail["status"] for detail in changes if detail["jobId"] == job_id]


class Client:
    """An engine with the shortest request for each purpose."""

    def __init__(self, engine: BatchEngine, scope: Scope = SCOPE) -> None:
        self.engine = engine
        self.scope = scope

    def call(self, operation: str, **payload: Any) -> dict[str, Any]:
        status, body = self.raw(operation, **payload)
        assert status == 200, body
        return body

    def raw(self, operation: str, **payload: Any) -> tuple[int, dict[str, Any]]:
        return self.engine.handle(self.scope, "POST", f"/v1/{operation.lower()}", payload)

    def refusal(self, operation: str, **payload: Any) -> str:
        status, body = self.raw(operation, **payload)
        assert status in (400, 409), body
        assert body["__type"] == "ClientException"
        return str(body["message"])

    def environment(self, name: str = "spot", **resources: Any) -> str:
        return str(
            self.call(
                "CreateComputeEnvironment",
                computeEnvironmentName=name,
                type="MANAGED",
                computeResources=COMPUTE | resources,
            )["computeEnvironmentArn"]
        )

    def queue(self, name: str = "high", *environments: str, priority: int = 1, **more: Any) -> str:
        order = [
            {"order": number, "computeEnvironment": each}
            for number, each in enumerate(environments or ("spot",))
        ]
        return str(
            self.call(
                "CreateJobQueue",
                jobQueueName=name,
                priority=priority,
                computeEnvironmentOrder=order,
                **more,
            )["jobQueueArn"]
        )

    def definition(
        self, name: str = "align", *command: str, vcpus: str = "1", image: str = "host", **more: Any
    ) -> str:
        properties = {
            "image": image,
            "command": list(command),
            "resourceRequirements": [
                {"type": "VCPU", "value": vcpus},
                {"type": "MEMORY", "value": "128"},
            ],
        }
        return str(
            self.call(
                "RegisterJobDefinition",
                jobDefinitionName=name,
                type="container",
                containerProperties=properties | more.pop("properties", {}),
                **more,
            )["jobDefinitionArn"]
        )

    def submit(
        self, name: str = "job", *, queue: str = "high", definition: str = "align", **more: Any
    ) -> str:
        if "shareIdentifier" in more:
            more = {"schedulingPriorityOverride": 0, **more}
        body = self.call("SubmitJob", jobName=name, jobQueue=queue, jobDefinition=definition, **more)
        return str(body["jobId"])

    def job(self, job_id: str) -> dict[str, Any]:
        return dict(self.call("DescribeJobs", jobs=[job_id])["jobs"][0])

    def ended(self, job_id: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the detail of a job once it has ended."""
        done = threading.Event()
        found: list[dict[str, Any]] = []

        def take(detail: dict[str, Any]) -> None:
            found.append(detail)
            done.set()

        self.engine.wait(self.scope, job_id, take)
        assert done.wait(seconds), self.job(job_id)
        return found[0]

    def reached(self, job_id: str, status: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the detail of a job once it has a status."""
        return self.until(lambda: self.job(job_id), lambda job: job["status"] == status, seconds)

    @staticmethod
    def until(look: Any, holds: Any, seconds: float = PATIENCE) -> Any:
        """Look again until something holds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if holds(seen := look()):
                return seen
            time.sleep(0.005)
        raise AssertionError(f"not within {seconds} s: {look()}")
