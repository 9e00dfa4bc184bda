"""Jobs through their states, on the simulated executor."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import Client, FakeHost, vcpus

LONG = {"executor": "simulated", "seconds": 60.0}
SPOT = {
    "attempts": 2,
    "evaluateOnExit": [
        {"onStatusReason": "Host EC2*", "action": "RETRY"},
        {"onReason": "*", "action": "EXIT"},
    ],
}


@pytest.fixture
def busy(make: MakeClient) -> Client:
    """Return a client whose jobs run for a minute, sixteen vCPUs at once."""
    client = make(**LONG)
    client.environment()
    client.queue()
    client.definition()
    return client


def test_job_goes_through_every_status_with_an_event_each(client: Client, host: FakeHost) -> None:
    job = client.ended(client.submit())
    assert job["status"] == "SUCCEEDED"
    assert job["statusReason"] == "Essential container in task exited"
    assert job["createdAt"] <= job["startedAt"] <= job["stoppedAt"]
    assert job["container"]["exitCode"] == 0
    (attempt,) = job["attempts"]
    assert attempt["container"]["logStreamName"].startswith("align/default/")
    assert attempt["container"]["taskArn"] == job["container"]["taskArn"]
    expected = ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]
    client.until(lambda: host.statuses(job["jobId"]), lambda seen: seen == expected)
    kind, resources, detail = host.events[-1]
    assert (kind, resources) == ("Batch Job State Change", [job["jobArn"]])
    assert detail == job


def test_wait_on_an_ended_job_answers_at_once(client: Client) -> None:
    first = client.ended(client.submit())
    assert client.ended(first["jobId"]) == first


def test_failed_attempts_are_retried_up_to_their_number(make: MakeClient, host: FakeHost) -> None:
    client = make(executor="simulated", exit_codes_by_image={"bad*": 3})
    client.environment()
    client.queue()
    client.definition("fails", image="bad:1")
    job = client.ended(client.submit(definition="fails", retryStrategy={"attempts": 3}))
    assert job["status"] == "FAILED"
    assert [each["container"]["exitCode"] for each in job["attempts"]] == [3, 3, 3]
    assert len({each["container"]["taskArn"] for each in job["attempts"]}) == 3
    exit_rule = {"attempts": 3, "evaluateOnExit": [{"onExitCode": "3", "action": "EXIT"}]}
    job = client.ended(client.submit(definition="fails", retryStrategy=exit_rule))
    assert len(job["attempts"]) == 1


def test_reclaimed_host_is_retried_and_then_failed(busy: Client) -> None:
    job_id = busy.submit(retryStrategy=SPOT)
    busy.reached(job_id, "RUNNING")
    busy.engine.reclaim(busy.scope, job_id)
    job = busy.until(lambda: busy.job(job_id), lambda job: len(job["attempts"]) == 1)
    (attempt,) = job["attempts"]
    assert attempt["statusReason"].startswith("Host EC2 (instance i-0")
    assert attempt["statusReason"].endswith(") terminated.")
    assert "exitCode" not in attempt["container"]
    busy.reached(job_id, "RUNNING")
    busy.engine.reclaim(busy.scope, job_id)
    job = busy.ended(job_id)
    assert (job["status"], job["statusReason"][:8], len(job["attempts"])) == ("FAILED", "Host EC2", 2)


def test_terminate_ends_a_running_job_for_good(busy: Client) -> None:
    job_id = busy.submit(retryStrategy={"attempts": 5})
    busy.reached(job_id, "RUNNING")
    busy.call("TerminateJob", jobId=job_id, reason="not needed")
    job = busy.ended(job_id)
    assert (job["status"], job["statusReason"], job["isTerminated"]) == ("FAILED", "not needed", True)
    assert len(job["attempts"]) == 1
    busy.call("TerminateJob", jobId=job_id, reason="again")
    assert busy.job(job_id)["statusReason"] == "not needed"


def test_cancel_ends_only_what_has_not_started(busy: Client) -> None:
    running = busy.submit(containerOverrides=vcpus(16))
    busy.reached(running, "RUNNING")
    waiting = busy.submit()
    busy.reached(waiting, "RUNNABLE")
    for job_id in (running, waiting):
        busy.call("CancelJob", jobId=job_id, reason="stop it")
    job = busy.ended(waiting)
    assert (job["status"], job["statusReason"], job["isCancelled"]) == ("FAILED", "stop it", True)
    assert "startedAt" not in job
    assert busy.job(running)["status"] == "RUNNING"
    assert busy.refusal("CancelJob", jobId="nope", reason="r") == "Job nope not found."


@pytest.mark.parametrize(("operation", "ends_running"), [("CancelJobs", False), ("TerminateJobs", True)])
def test_many_jobs_are_ended_at_once(busy: Client, operation: str, ends_running: bool) -> None:
    running = busy.submit(containerOverrides=vcpus(16))
    busy.reached(running, "RUNNING")
    waiting = busy.submit()
    answer = busy.call(operation, jobs=[waiting, running, "unknown", waiting], reason="enough")
    assert answer == {"successful": [waiting, running, "unknown"], "errors": []}
    assert busy.ended(waiting)["statusReason"] == "enough"
    if ends_running:
        assert busy.ended(running)["statusReason"] == "enough"
    else:
        assert busy.job(running)["status"] == "RUNNING"
    assert "between 1 and 50" in busy.refusal(operation, jobs=[str(each) for each in range(51)], reason="r")
    assert "'reason'" in busy.refusal(operation, jobs=[running])


def test_callers_are_answered_while_a_large_array_runs(client: Client) -> None:
    parent = client.submit(arrayProperties={"size": 3_000})
    slowest, answers = 0.0, 0
    while client.job(parent)["status"] not in ("SUCCEEDED", "FAILED"):
        begun = time.monotonic()
        client.submit()
        slowest, answers = max(slowest, time.monotonic() - begun), answers + 1
    assert client.job(parent)["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 3_000
    assert answers > 2
    assert slowest < 1.0


def test_time_limit_ends_an_attempt_without_retry(make: MakeClient) -> None:
    client = make(executor="simulated", seconds=10_000.0, time_scale=0.001)
    client.environment()
    client.queue()
    client.definition(timeout={"attemptDurationSeconds": 60})
    job = client.ended(client.submit(retryStrategy={"attempts": 3}))
    assert (job["status"], job["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")
    assert len(job["attempts"]) == 1
    assert job["stoppedAt"] - job["startedAt"] >= 60


def test_dependents_run_after_success_and_fail_after_failure(busy: Client) -> None:
    first = busy.submit("first")
    second = busy.submit("second", dependsOn=[{"jobId": first}])
    third = busy.submit("third", dependsOn=[{"jobId": second}, {"jobId": first}])
    assert busy.reached(second, "PENDING")["dependsOn"] == [{"jobId": first}]
    busy.reached(first, "RUNNING")
    busy.call("TerminateJob", jobId=first, reason="r")
    for job_id in (second, third):
        job = busy.ended(job_id)
        assert (job["status"], job["statusReason"]) == ("FAILED", "Dependent Job failed")
    late = busy.ended(busy.submit("late", dependsOn=[{"jobId": third}]))
    assert late["statusReason"] == "Dependent Job failed"


def test_array_counts_its_children_and_ends_with_them(client: Client) -> None:
    parent = client.ended(client.submit(arrayProperties={"size": 20}))
    assert parent["status"] == "SUCCEEDED"
    assert parent["arrayProperties"]["size"] == 20
    assert parent["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 20
    assert sum(parent["arrayProperties"]["statusSummary"].values()) == 20
    child = client.job(f"{parent['jobId']}:7")
    assert child["arrayProperties"] == {"index": 7}
    assert child["status"] == "SUCCEEDED"


def test_array_fails_when_a_child_does(busy: Client) -> None:
    parent = busy.submit(arrayProperties={"size": 3})
    for index in range(3):
        busy.reached(f"{parent}:{index}", "RUNNING")
    assert busy.job(parent)["status"] == "PENDING"
    for index in range(3):
        busy.call("TerminateJob", jobId=f"{parent}:{index}", reason="child")
    job = busy.ended(parent)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Array Child Job failed")


def test_terminating_an_array_ends_running_and_waiting_children(busy: Client) -> None:
    parent = busy.submit(arrayProperties={"size": 40})
    busy.reached(f"{parent}:15", "RUNNING")
    assert busy.job(f"{parent}:16")["status"] == "RUNNABLE"
    busy.call("TerminateJob", jobId=parent, reason="all")
    job = busy.ended(parent)
    assert (job["status"], job["statusReason"]) == ("FAILED", "all")
    assert job["arrayProperties"]["statusSummary"]["FAILED"] == 40


def _starts(client: Client, parent: str, size: int) -> list[dict[str, Any]]:
    return [client.ended(f"{parent}:{index}") for index in range(size)]


def test_sequential_children_run_one_after_the_other(make: MakeClient) -> None:
    client = make(executor="simulated", seconds=0.004)
    client.environment()
    client.queue()
    client.definition()
    jobs = _starts(client, client.submit(arrayProperties={"size": 5}, dependsOn=[{"type": "SEQUENTIAL"}]), 5)
    for before, after in itertools.pairwise(jobs):
        assert before["stoppedAt"] <= after["startedAt"]


def test_n_to_n_children_wait_for_their_own_number_only(busy: Client) -> None:
    first = busy.submit(arrayProperties={"size": 2})
    second = busy.submit(arrayProperties={"size": 2}, dependsOn=[{"jobId": first, "type": "N_TO_N"}])
    busy.reached(f"{first}:1", "RUNNING")
    busy.call("TerminateJob", jobId=f"{first}:0", reason="r")
    assert busy.ended(f"{second}:0")["statusReason"] == "Dependent Job failed"
    assert busy.job(f"{second}:1")["status"] == "PENDING"


def test_array_waits_as_a_whole_for_a_plain_dependency(busy: Client) -> None:
    first = busy.submit()
    parent = busy.submit(arrayProperties={"size": 2}, dependsOn=[{"jobId": first}])
    assert busy.reached(f"{parent}:1", "PENDING")["arrayProperties"] == {"index": 1}
    busy.call("TerminateJob", jobId=first, reason="r")
    job = busy.ended(parent)
    assert job["statusReason"] == "Dependent Job failed"
    assert busy.job(f"{parent}:1")["statusReason"] == "Dependent Job failed"


@pytest.mark.parametrize(
    ("types", "requirements", "code"),
    [
        (["optimal"], [("VCPU", "17")], "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"),
        (["c5.xlarge"], [("VCPU", "8")], "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
        (["c5.xlarge", "m5.xlarge"], [("MEMORY", "17000")], "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
    ],
)
def test_job_that_fits_nowhere_blocks_its_queue_and_says_why(
    make: MakeClient, host: FakeHost, types: list[str], requirements: list[tuple[str, str]], code: str
) -> None:
    client = make(executor="simulated")
    client.environment(instanceTypes=types)
    client.queue()
    client.queue("other")
    client.definition()
    asked = [{"type": kind, "value": value} for kind, value in requirements]
    stuck = client.submit(containerOverrides={"resourceRequirements": asked})
    behind = client.submit()
    job = client.until(lambda: client.job(stuck), lambda job: "statusReason" in job)
    assert job["status"] == "RUNNABLE"
    assert job["statusReason"].startswith(f"{code} - ")
    assert client.ended(client.submit(queue="other"))["status"] == "SUCCEEDED"
    assert client.job(behind)["status"] == "RUNNABLE"
    client.until(
        lambda: [kind for kind, _, _ in host.events], lambda kinds: "Batch Job Queue Blocked" in kinds
    )
    snapshot = client.call("GetJobQueueSnapshot", jobQueue="high")["frontOfQueue"]["jobs"]
    assert [each["jobArn"].rpartition("/")[2] for each in snapshot] == [stuck, behind]
    client.call("CancelJob", jobId=stuck, reason="too big")
    assert client.ended(behind)["status"] == "SUCCEEDED"


def test_bigger_environment_frees_a_stuck_job(client: Client) -> None:
    stuck = client.submit(containerOverrides=vcpus(32))
    client.until(lambda: client.job(stuck), lambda job: "statusReason" in job)
    client.call("UpdateComputeEnvironment", computeEnvironment="spot", computeResources={"maxvCpus": 32})
    assert client.ended(stuck)["status"] == "SUCCEEDED"


def test_time_limit_on_runnable_cancels_a_stuck_job(make: MakeClient) -> None:
    client = make(executor="simulated", time_scale=0.0001)
    client.environment()
    code = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
    limit = {"reason": code, "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}
    client.queue(jobStateTimeLimitActions=[limit])
    client.definition()
    job = client.ended(client.submit(containerOverrides=vcpus(32)))
    assert job["status"] == "FAILED"
    assert job["statusReason"] == f"Canceled by JobStateTimeLimit action due to reason: {code}"


def test_full_environment_overflows_into_the_next(make: MakeClient) -> None:
    client = make(**LONG)
    client.environment("a", maxvCpus=1)
    client.environment("b", maxvCpus=1)
    client.queue("high", "a", "b")
    client.definition()
    jobs = [client.reached(client.submit(), "RUNNING") for _ in range(2)]
    assert [job["container"]["taskArn"].split("/")[1] for job in jobs] == ["a", "b"]


def test_disabled_environment_starts_nothing(client: Client) -> None:
    client.call("UpdateComputeEnvironment", computeEnvironment="spot", state="DISABLED")
    job_id = client.submit()
    client.reached(job_id, "RUNNABLE")
    client.call("UpdateComputeEnvironment", computeEnvironment="spot", state="ENABLED")
    assert client.ended(job_id)["status"] == "SUCCEEDED"


def test_higher_priority_goes_first_and_can_not_be_starved(busy: Client) -> None:
    busy.queue("low", "spot", priority=0)
    filler = busy.submit(queue="low", containerOverrides=vcpus(12))
    busy.reached(filler, "RUNNING")
    big = busy.submit(containerOverrides=vcpus(8))
    busy.reached(big, "RUNNABLE")
    small = busy.submit(queue="low")
    busy.reached(small, "RUNNABLE")
    assert busy.job(small)["status"] == "RUNNABLE"
    busy.call("TerminateJob", jobId=filler, reason="r")
    busy.reached(big, "RUNNING")
    busy.reached(small, "RUNNING")


def test_deleting_a_queue_ends_its_jobs(busy: Client) -> None:
    running, waiting = busy.submit(), busy.submit(containerOverrides=vcpus(16))
    busy.reached(running, "RUNNING")
    busy.call("UpdateJobQueue", jobQueue="high", state="DISABLED")
    busy.call("DeleteJobQueue", jobQueue="high")
    assert [busy.ended(each)["status"] for each in (running, waiting)] == ["FAILED", "FAILED"]
    assert busy.call("DescribeJobQueues")["jobQueues"] == []
