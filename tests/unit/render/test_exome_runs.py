"""The rendered exome, run on an interpreter: what it submits, what comes out, and what a failed job does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from batchyard import render
from batchyard.environments import Environment

WORKFLOWS = ("exome", "exome-poll")
FOLDER = "s3://batchyard-local-000000000000-results/runs/s.1"


class Batch:
    """Answers for AWS Batch and for the two functions: jobs end at the third look."""

    def __init__(self, failed: type[Exception], failing: str = "") -> None:
        self.submitted: dict[str, dict[str, Any]] = {}
        self._looks: dict[str, int] = {}
        self._failed, self._failing = failed, failing

    def __call__(self, resource: str, arguments: dict[str, Any]) -> Any:
        if resource.endswith("batch:submitJob.sync"):
            return self._sync(arguments)
        assert resource == "arn:aws:states:::lambda:invoke"
        payload = arguments["Payload"]
        if arguments["FunctionName"].endswith("-submit-job:live"):
            pascal = {key[0].upper() + key[1:]: value for key, value in payload.items()}
            return {"Payload": {**payload, "jobId": self._submit(pascal)}}
        assert arguments["FunctionName"].endswith("-job-status:live")
        return {"Payload": self._look(payload["jobId"])}

    def _submit(self, request: dict[str, Any]) -> str:
        name = request["JobName"].split("-")[0].lower()
        self.submitted[name] = request
        return f"id-{name}"

    def _sync(self, request: dict[str, Any]) -> dict[str, Any]:
        job_id = self._submit(request)
        detail = {"JobId": job_id, "Status": "SUCCEEDED", "Container": {"ExitCode": 0}, "Big": "x" * 1000}
        if job_id == f"id-{self._failing}":
            failure = {"Status": "FAILED", "StatusReason": "Essential container in task exited"}
            cause = {**detail, **failure, "Container": {"ExitCode": 65, "Reason": "bad"}}
            raise self._failed("States.TaskFailed", json.dumps(cause))  # type: ignore[call-arg]
        return detail

    def _look(self, job_id: str) -> dict[str, Any]:
        self._looks[job_id] = self._looks.get(job_id, 0) + 1
        if self._looks[job_id] < 3:
            return {"jobId": job_id, "status": "RUNNING", "attempts": 1}
        if job_id == f"id-{self._failing}":
            why = {"statusReason": "Essential container in task exited", "exitCode": 65, "reason": "bad"}
            return {"jobId": job_id, "status": "FAILED", "attempts": 1, **why}
        return {"jobId": job_id, "status": "SUCCEEDED", "attempts": 1}


@pytest.fixture(params=WORKFLOWS)
def definition(request: pytest.FixtureRequest, local: Environment) -> dict[str, Any]:
    return render.definition(local, request.param)


def polls(definition: dict[str, Any]) -> bool:
    return "Align.Wait" in definition["States"]


def test_both_ways_of_waiting_give_the_same_output(
    definition: dict[str, Any], document: dict[str, Any], execute: Callable[..., Any], failed: type[Exception]
) -> None:
    batch = Batch(failed)
    assert execute(definition, document, batch) == {
        "sampleId": "s.1",
        "bam": f"{FOLDER}/bam/aligned.bam",
        "vcf": f"{FOLDER}/vcf/variants.vcf.gz",
        "annotatedVcf": f"{FOLDER}/vcf/annotated.vcf.gz",
        "stats": f"{FOLDER}/stats/stats.txt",
    }
    assert sorted(batch.submitted) == ["align", "annotate", "call", "stats"]


def test_what_is_submitted_without_overrides(
    definition: dict[str, Any], document: dict[str, Any], execute: Callable[..., Any], failed: type[Exception]
) -> None:
    batch = Batch(failed)
    execute(definition, document, batch)
    align, stats = batch.submitted["align"], batch.submitted["stats"]
    assert align["JobName"] == "Align-run-1"
    assert align["JobQueue"] == "arn:aws:batch:us-east-1:000000000000:job-queue/batchyard-local-high"
    assert stats["JobQueue"] == "arn:aws:batch:us-east-1:000000000000:job-queue/batchyard-local-low"
    assert align["JobDefinition"].startswith(
        "arn:aws:batch:us-east-1:000000000000:job-definition/batchyard-local-exome"
    )
    assert align["JobDefinition"].endswith("-align")
    assert align["ContainerOverrides"] == {}
    assert align["Parameters"] == {
        "bamS3FolderPath": f"{FOLDER}/bam",
        "fastq1S3Path": document["fastq1S3Path"],
        "fastq2S3Path": document["fastq2S3Path"],
        "referenceS3Path": document["referenceS3Path"],
        "workingDir": "/scratch",
        "cmdArgs": "",
        "memory": "80000",
    }
    assert batch.submitted["annotate"]["Parameters"]["vcfS3Path"] == f"{FOLDER}/vcf/variants.vcf.gz"
    assert batch.submitted["annotate"]["Parameters"]["gffS3Path"] == document["gffS3Path"]


def test_what_is_submitted_with_overrides(
    definition: dict[str, Any], document: dict[str, Any], execute: Callable[..., Any], failed: type[Exception]
) -> None:
    batch = Batch(failed)
    own = "arn:aws:batch:us-east-1:000000000000:job-definition/batchyard-local-exome-call:7"
    tools = {
        "align": {"memory": 96000, "cmdArgs": "-K 1000 'x'", "jobQueue": "low"},
        "call": {"jobQueue": "arn:own-queue", "jobDefinition": own},
    }
    execute(definition, {**document, **tools, "workingDir": "/fast"}, batch)
    align, call, stats = (batch.submitted[name] for name in ("align", "call", "stats"))
    [[(requirements, [requirement])]] = [list(align["ContainerOverrides"].items())]
    assert requirements.lower() == "resourcerequirements"
    assert {key.lower(): value for key, value in requirement.items()} == {"type": "MEMORY", "value": "96000"}
    assert (align["Parameters"]["memory"], align["Parameters"]["cmdArgs"]) == ("96000", "-K 1000 'x'")
    assert align["JobQueue"].endswith("job-queue/batchyard-local-low")
    assert (call["JobQueue"], call["JobDefinition"]) == ("arn:own-queue", own)
    assert (call["ContainerOverrides"], stats["Parameters"]["workingDir"]) == ({}, "/fast")


def test_batch_gets_texts_only(
    definition: dict[str, Any], document: dict[str, Any], execute: Callable[..., Any], failed: type[Exception]
) -> None:
    batch = Batch(failed)
    execute(definition, {**document, "align": {"memory": 5000}}, batch)
    values = [value for job in batch.submitted.values() for value in job["Parameters"].values()]
    assert {type(value) for value in values} == {str}


@pytest.mark.parametrize(("failing", "ran"), [("align", {"align"}), ("call", {"align", "call", "stats"})])
def test_a_failed_job_fails_the_execution_and_nothing_that_follows_it_runs(
    definition: dict[str, Any],
    document: dict[str, Any],
    execute: Callable[..., Any],
    failed: type[Exception],
    failing: str,
    ran: set[str],
) -> None:
    batch = Batch(failed, failing)
    with pytest.raises(failed) as caught:
        execute(definition, document, batch)
    error, cause = caught.value.error, caught.value.cause  # type: ignore[attr-defined]
    if polls(definition):
        sentence = (
            f"{failing}: job id-{failing} failed: Essential container in task exited; exit code 65; bad"
        )
        assert (error, cause) == ("JobFailed", sentence)
    else:
        assert (error, json.loads(cause)["JobId"]) == ("States.TaskFailed", f"id-{failing}")
    assert set(batch.submitted) == ran


def test_only_what_a_redrive_can_start_again_fails_the_machine(local: Environment) -> None:
    # A Fail state ends a redrive at once: it is entered again, and the job before it is not.
    states = render.definition(local, "exome")["States"]
    kinds = [state["Type"] for state in states.values()]
    assert kinds.count("Fail") == 1, "the one for missing input, which no redrive can mend"
    assert "Catch" not in json.dumps(states)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"fastq1S3Path": None}, "fastq1S3Path"),
        ({"sampleId": "", "gffS3Path": None}, "sampleId, gffS3Path"),
        (None, "sampleId, fastq1S3Path, fastq2S3Path, referenceS3Path, gffS3Path, resultsS3Path"),
    ],
)
def test_missing_input_is_named_before_any_job(
    definition: dict[str, Any],
    document: dict[str, Any],
    execute: Callable[..., Any],
    failed: type[Exception],
    change: dict[str, Any] | None,
    named: str,
) -> None:
    batch = Batch(failed)
    with pytest.raises(failed) as caught:
        execute(definition, {} if change is None else document | change, batch)
    assert str(caught.value) == f"MissingRequiredParametersError: the input lacks {named}"
    assert not batch.submitted


@pytest.mark.parametrize(
    ("error", "cause", "told"),
    [
        ("Batch.ClientException", "no such queue", "align: Batch.ClientException: no such queue"),
        ("States.Timeout", "", "align: States.Timeout: "),
        (
            "InvalidInputError",
            '{"errorType": "InvalidInputError", "errorMessage": "x"}',
            "align: InvalidInputError: x",
        ),
        (
            "States.TaskFailed",
            '{"JobId": "j", "Attempts": [{"Contai',
            'align: States.TaskFailed: {"JobId": "j", "Att',
        ),
    ],
)
def test_a_refused_call_is_told_as_it_is_or_in_words(
    definition: dict[str, Any],
    document: dict[str, Any],
    execute: Callable[..., Any],
    failed: type[Exception],
    error: str,
    cause: str,
    told: str,
) -> None:
    def refuse(*_: object) -> None:
        raise failed(error, cause)  # type: ignore[call-arg]

    with pytest.raises(failed) as caught:
        execute(definition, document, refuse)
    failure = caught.value.error, caught.value.cause  # type: ignore[attr-defined]
    if polls(definition):
        assert failure[0] == "JobFailed"
        assert failure[1].startswith(told)
    else:
        assert failure == (error, cause)


def test_the_job_s_detail_does_not_travel_on(
    definition: dict[str, Any], document: dict[str, Any], execute: Callable[..., Any], failed: type[Exception]
) -> None:
    states = definition["States"]
    before_results = {**definition, "States": {**states, "Results": {"Type": "Pass", "End": True}}}
    branches = execute(before_results, document, Batch(failed))
    assert branches[1]["steps"] == {
        "align": {"jobId": "id-align", "status": "SUCCEEDED"},
        "stats": {"jobId": "id-stats", "status": "SUCCEEDED"},
    }
