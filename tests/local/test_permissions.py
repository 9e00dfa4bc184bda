"""Roles hold exactly enough: with IAM enforced all passes, and without any one statement it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.local.clients import until
from tests.local.copies import UNSEEN, bundle
from tests.local.test_exome import RESULTS, published, upload
from tests.stack import Stack

from batchyard.demo.sample import generate

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def document(enforcing: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("tiny")
    sample = generate(folder, seed=5, sample_id="tiny", reference_bases=5_000, coverage=12, snvs=2, indels=0)
    return upload(enforcing, sample, "tiny")


@pytest.mark.parametrize("workflow", ["exome", "exome-poll"])
def test_it_passes_with_iam_enforced(enforcing: Stack, document: dict[str, Any], workflow: str) -> None:
    results = enforcing.place(workflow)
    answer = enforcing.run(workflow, document | {"resultsS3Path": results})
    assert answer["status"] == "SUCCEEDED", answer
    assert published(enforcing, results, "tiny") == RESULTS


def statements(stack: Stack, workflow: str) -> Iterator[tuple[str, str, str]]:
    """Yield role, policy and Sid of each statement that a manifest declares, or that was derived."""
    found = bundle(stack, workflow)
    roles = [job["role"] for job in found["job_definitions"].values()]
    roles += [function["role"] for function in found["functions"].values()]
    for role in roles:
        policy = "declared" if role["name"].endswith("-function") else "permissions"
        yield from ((role["name"], policy, statement["Sid"]) for statement in role["statements"])


@contextmanager
def without(stack: Stack, role: str, policy: str, sid: str) -> Iterator[None]:
    """Take one statement away, and give it back."""
    iam = stack.client("iam")
    whole = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    rest = [statement for statement in whole["Statement"] if statement["Sid"] != sid]
    assert len(rest) == len(whole["Statement"]) - 1
    if rest:
        changed = json.dumps(whole | {"Statement": rest})
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=changed)
    else:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(whole))


def test_no_statement_can_be_taken_away(enforcing: Stack, document: dict[str, Any], tmp_path: Path) -> None:
    declared = [("exome-poll", *found) for found in statements(enforcing, "exome-poll")]
    assert len(declared) >= 10
    needless = []
    for number, (workflow, role, policy, sid) in enumerate(declared):
        with without(enforcing, role, policy, sid):
            answer = enforcing.run(
                workflow, document | {"resultsS3Path": enforcing.place(f"without-{number}")}
            )
        if answer["status"] != "FAILED":
            needless.append((role, sid, answer["status"]))
    assert not needless
    answer = enforcing.run("exome-poll", document | {"resultsS3Path": enforcing.place("after")})
    assert answer["status"] == "SUCCEEDED", "everything was given back"


# What a task fails with where the machine's role lacks a statement.
ERRORS = {
    "exome": {
        "SubmitJobs": "Batch.AWSBatchException",
        "HearOfJobs": "Batch.AWSBatchException",
        "WatchJobs": "Batch.AWSBatchException",
    },
    "exome-poll": {"InvokeFunctions": "Lambda.AWSLambdaException"},
}
UNTAKEN = {
    "DeliverLogs": "The state machine IAM Role is not authorized to access the Log Destination",
    "HearOfJobs": "is not authorized to create managed-rule.",
}
SAMPLE = {
    "sampleId": "none",
    **{f"{name}S3Path": f"s3://none/{name}" for name in ("fastq1", "fastq2", "reference", "gff", "results")},
}


@pytest.fixture(scope="module")
def simulated(enforcing: Stack) -> Iterator[Stack]:
    """Return the stack with jobs that take three seconds and do nothing."""
    settings = enforcing.root / ".batchyard/local/settings.json"
    before = settings.read_text() if settings.is_file() else "{}"
    settings.write_text(json.dumps({"seconds": 3}))
    enforcing.cli("local", "up", "--executor", "simulated").checked()
    yield enforcing
    settings.write_text(before)
    enforcing.cli("local", "up", "--executor", "process").checked()


class Copy:
    """A workflow's machine under another name, with a role of its own; a refusal is not tried again."""

    def __init__(self, stack: Stack, workflow: str, name: str) -> None:
        self._iam, self._states = stack.client("iam"), stack.client("stepfunctions")
        machine, self.role = bundle(stack, workflow)["state_machine"], f"{workflow}-{name}-{uuid4().hex[:8]}"
        self.statements: list[dict[str, Any]] = machine["role"]["statements"]
        trust = self._iam.get_role(RoleName=machine["role"]["name"])["Role"]["AssumeRolePolicyDocument"]
        self._role_arn = self._iam.create_role(
            RoleName=self.role, AssumeRolePolicyDocument=json.dumps(trust)
        )["Role"]["Arn"]
        self.allow(self.statements)
        applied = self._states.describe_state_machine(
            stateMachineArn=stack.outputs()["state_machine_arns"][workflow]
        )
        self._arn = self._states.create_state_machine(
            name=self.role,
            roleArn=self._role_arn,
            definition=re.sub(r'"MaxAttempts": ?\d+', '"MaxAttempts": 0', applied["definition"]),
            loggingConfiguration=applied["loggingConfiguration"],
        )["stateMachineArn"]

    def allow(self, statements: list[dict[str, Any]]) -> None:
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": statements})
            self._iam.put_role_policy(RoleName=self.role, PolicyName="derived", PolicyDocument=document)
        else:
            self._iam.delete_role_policy(RoleName=self.role, PolicyName="derived")

    def start(self) -> str:
        return str(
            self._states.start_execution(stateMachineArn=self._arn, input=json.dumps(SAMPLE))["executionArn"]
        )

    def refusal(self) -> str | None:
        """Return why the machine is not taken with its role as it is now, or None."""
        try:
            self._states.update_state_machine(stateMachineArn=self._arn, roleArn=self._role_arn)
        except self._states.exceptions.ClientError as refused:
            return str(refused.response["Error"]["Message"])
        return None


def failure(stack: Stack, execution: str) -> str | None:
    """Return the error of the task that an execution has failed with, or None for one that succeeded."""
    states = stack.client("stepfunctions")
    until(lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING", 120)
    if states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED":
        return None
    events = states.get_execution_history(executionArn=execution, maxResults=1000)["events"]
    kinds = ("taskFailedEventDetails", "taskSubmitFailedEventDetails")
    return next(str(event[kind]["error"]) for event in events for kind in kinds if kind in event)


@pytest.mark.parametrize("workflow", ERRORS)
def test_a_machines_derived_role_is_exactly_enough(simulated: Stack, workflow: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html"""
    whole, empty = Copy(simulated, workflow, "whole"), Copy(simulated, workflow, "empty")
    empty.allow([])
    copies = {each["Sid"]: Copy(simulated, workflow, each["Sid"]) for each in whole.statements}
    unseen = dict.fromkeys(set(copies) & set(UNSEEN))
    assert set(copies) == {*ERRORS[workflow], *unseen}, "each statement is tried"
    for sid, copy in copies.items():
        copy.allow([each for each in copy.statements if each["Sid"] != sid])
    runs = {name: copy.start() for name, copy in {"": whole, "empty": empty, **copies}.items()}
    ends = {name: failure(simulated, run) for name, run in runs.items()}
    first = {"exome": "Batch.AWSBatchException", "exome-poll": "Lambda.AWSLambdaException"}[workflow]
    assert ends == {"": None, "empty": first, **ERRORS[workflow], **unseen}
    refusals = {sid: refusal for sid, copy in copies.items() if (refusal := copy.refusal())}
    assert set(refusals) == set(UNTAKEN) & set(copies)
    assert all(UNTAKEN[sid] in refusal for sid, refusal in refusals.items())
    assert whole.refusal() is None


@pytest.mark.parametrize(("sid", "status"), [("", "FAILED"), ("StopJobs", "SUCCEEDED")])
def test_a_stopped_runs_job_runs_on_without_its_statement(simulated: Stack, sid: str, status: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html"""
    copy, states = Copy(simulated, "exome", f"stopped-{sid}"), simulated.client("stepfunctions")
    copy.allow([each for each in copy.statements if each["Sid"] != sid])
    run = copy.start()

    def submitted() -> list[str]:
        events = states.get_execution_history(executionArn=run)["events"]
        found = [each["taskSubmittedEventDetails"] for each in events if each["type"] == "TaskSubmitted"]
        return [json.loads(each["output"])["JobId"] for each in found]

    [job] = until(submitted)
    states.stop_execution(executionArn=run)
    batch = simulated.client("batch")
    ends = ("SUCCEEDED", "FAILED")
    until(lambda: batch.describe_jobs(jobs=[job])["jobs"][0]["status"] in ends)
    assert batch.describe_jobs(jobs=[job])["jobs"][0]["status"] == status
