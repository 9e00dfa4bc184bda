"""Clients of a local environment, and the shortest ways to jobs, machines and functions."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import boto3
from botocore.config import Config

ACCOUNT, REGION = "000000000000", "us-east-1"
_COMPUTE = {
    "type": "EC2",
    "minvCpus": 0,
    "maxvCpus": 64,
    "subnets": ["subnet-1"],
    "securityGroupIds": ["sg-1"],
    "instanceRole": f"arn:aws:iam::{ACCOUNT}:instance-profile/ecs",
    "instanceTypes": ["optimal"],
}
_T = TypeVar("_T")


def until(check: Callable[[], _T], seconds: float = 20.0) -> _T:
    """Return what a check gives, once that is true."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {check}"
        time.sleep(0.05)


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(*statements: tuple[list[str], list[str]]) -> str:
    rows = [{"Effect": "Allow", "Action": actions, "Resource": arns} for actions, arns in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": rows})


class Clients:
    """What a test does with an environment; `clients("s3")` is the account's own boto3 client."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._client = cache(self._make)

    def __call__(self, service: str) -> Any:
        return self._client(service)

    def _make(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="any",
            # StartSyncExecution has a host of its own on AWS, sync-states; an address has no such part.
            config=Config(
                s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}, inject_host_prefix=False
            ),
        )

    def queue(self, name: str = "tests") -> str:
        """Make a queue, if there is none of that name, and return its ARN."""
        batch = self("batch")
        found = batch.describe_job_queues(jobQueues=[name])["jobQueues"]
        if not found:
            environment = batch.create_compute_environment(
                computeEnvironmentName=name, type="MANAGED", state="ENABLED", computeResources=_COMPUTE
            )["computeEnvironmentArn"]
            order = [{"order": 1, "computeEnvironment": environment}]
            batch.create_job_queue(
                jobQueueName=name, priority=1, state="ENABLED", computeEnvironmentOrder=order
            )
        until(lambda: batch.describe_job_queues(jobQueues=[name])["jobQueues"][0]["status"] == "VALID")
        return f"arn:aws:batch:{REGION}:{ACCOUNT}:job-queue/{name}"

    def definition(self, name: str, *command: str, role: str = "") -> str:
        """Register a job that runs a command of this machine and return its ARN without revision."""
        properties: dict[str, Any] = {
            "image": "host",
            "command": list(command),
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}],
        }
        if role:
            properties["jobRoleArn"] = role
        self("batch").register_job_definition(
            jobDefinitionName=name, type="container", containerProperties=properties
        )
        return f"arn:aws:batch:{REGION}:{ACCOUNT}:job-definition/{name}"

    def submit(self, name: str, *command: str, role: str = "") -> str:
        """Submit a command as a job and return the job's id."""
        definition = self.definition(name, *command, role=role)
        answer = self("batch").submit_job(jobName=name, jobQueue=self.queue(), jobDefinition=definition)
        return str(answer["jobId"])

    def job(self, job_id: str) -> dict[str, Any]:
        (job,) = self("batch").describe_jobs(jobs=[job_id])["jobs"]
        return dict(job)

    def job_ended(self, job_id: str) -> dict[str, Any]:
        until(lambda: self.job(job_id)["status"] in ("SUCCEEDED", "FAILED"))
        return self.job(job_id)

    def log(self, job_id: str) -> list[str]:
        stream = self.job(job_id)["container"].get("logStreamName")
        logs = self("logs")
        if stream is None:
            return []
        try:
            events = logs.get_log_events(
                logGroupName="/aws/batch/job", logStreamName=stream, startFromHead=True
            )
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in events["events"]]

    def role(self, name: str, service: str, document: str | None = None) -> str:
        """Make a role with one inline policy and return its ARN."""
        iam = self("iam")
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))["Role"]["Arn"]
        if document:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
        return arn

    def machine(self, name: str, definition: Mapping[str, Any], role: str = "") -> str:
        """Make a state machine and return its ARN."""
        arn = role or f"arn:aws:iam::{ACCOUNT}:role/states"
        machine = self("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=arn
        )
        return str(machine["stateMachineArn"])

    def start(self, machine: str, document: Any = None) -> str:
        started = self("stepfunctions").start_execution(
            stateMachineArn=machine, input=json.dumps(document or {})
        )
        return str(started["executionArn"])

    def execution(self, arn: str) -> dict[str, Any]:
        return dict(self("stepfunctions").describe_execution(executionArn=arn))

    def ended(self, arn: str) -> dict[str, Any]:
        until(lambda: self.execution(arn)["status"] != "RUNNING")
        return self.execution(arn)

    def history(self, arn: str) -> list[dict[str, Any]]:
        return list(self("stepfunctions").get_execution_history(executionArn=arn, maxResults=1000)["events"])

    def function(self, name: str, source: str, role: str = "") -> str:
        """Make a Python function of one file and return its ARN."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("handler.py", source)
        created = self("lambda").create_function(
            FunctionName=name,
            Runtime="python3.12",
            Handler="handler.handler",
            Role=role or f"arn:aws:iam::{ACCOUNT}:role/function",
            Code={"ZipFile": packed.getvalue()},
            Timeout=20,
        )
        return str(created["FunctionArn"])

    def invoke(self, name: str, event: Any = None) -> Any:
        answer = self("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}).encode())
        return json.loads(answer["Payload"].read())


def task(definition: str, queue: str, *, wait: bool = True, **more: Any) -> dict[str, Any]:
    """Return a state that submits a job, and with `wait` waits for it."""
    parameters = {"JobName": "task", "JobDefinition": definition, "JobQueue": queue}
    resource = f"arn:aws:states:::batch:submitJob{'.sync' if wait else ''}"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **more}


def single(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a state machine of one state."""
    return {"StartAt": "Only", "States": {"Only": dict(state)}}
