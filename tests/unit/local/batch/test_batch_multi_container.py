"""Multi-container jobs as processes of this machine.

https://docs.aws.amazon.com/batch/latest/userguide/multi-container-jobs.html
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import Client, FakeHost
from tests.unit.local.batch.shapes import after, by_name, free_port, output, several, shell, until

FOREVER = "trap 'echo stopped; exit 0' TERM; echo up; sleep 60 & wait"
SIDE = {"essential": False}
FARGATE_NEEDS = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]


def _ended(client: Client, **more: Any) -> dict[str, Any]:
    return client.ended(client.submit(definition="several", **more))


def test_containers_start_in_order_and_end_together(
    processes: Client, host: FakeHost, tmp_path: Path
) -> None:
    note, up = tmp_path / "note", tmp_path / "up"
    several(
        processes,
        prepare=shell(f"echo ready > {note}", **SIDE),
        server=shell(FOREVER.replace("echo up", f"touch {up}")),
        agent=shell(f"{until(up)}; cat {note}", dependsOn=after("prepare:SUCCESS", "server:START")),
    )
    job = _ended(processes)
    assert (job["status"], job["statusReason"]) == ("SUCCEEDED", "Essential container in task exited")
    containers = by_name(job)
    assert [each["exitCode"] for each in containers.values()] == [0, 0, 0]
    assert output(host, containers["agent"]) == ["ready"]
    # Each writes to a stream of its own, and all of it is there when the end is told.
    assert output(host, containers["server"])[-1] == "stopped"
    task = job["ecsProperties"]["taskProperties"][0]["taskArn"].rpartition("/")[2]
    assert containers["agent"]["logStreamName"] == f"several/agent/{task}"
    (attempt,) = job["attempts"]
    assert by_name(attempt)["server"]["logStreamName"] == f"several/server/{task}"
    assert job["container"] == {}
    statuses = ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]
    processes.until(lambda: host.statuses(job["jobId"]), lambda seen: seen == statuses)


def test_containers_of_a_task_share_the_loopback_address(processes: Client, host: FakeHost) -> None:
    port = free_port()
    serve = f"import socket; socket.create_server(('127.0.0.1', {port})).accept()[0].send(b'hello')"
    call = (
        "import socket, time\n"
        "for _ in range(200):\n"
        f"    try: print(socket.create_connection(('127.0.0.1', {port})).recv(9).decode()); break\n"
        "    except OSError: time.sleep(.02)"
    )
    several(
        processes,
        server=shell("", command=["python3", "-c", serve], **SIDE),
        agent=shell("", command=["python3", "-c", call], dependsOn=after("server:START")),
    )
    job = _ended(processes)
    assert output(host, by_name(job)["agent"]) == ["hello"]


def test_essential_container_that_fails_fails_the_job(processes: Client) -> None:
    several(processes, main=shell("exit 7"), server=shell(FOREVER, **SIDE))
    job = _ended(processes)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Essential container in task exited")
    assert by_name(job)["main"]["exitCode"] == 7


def test_essential_container_that_has_to_be_stopped_by_force_fails_the_job(
    processes: Client, tmp_path: Path
) -> None:
    up = tmp_path / "up"
    stubborn = f"trap '' TERM; touch {up}; while :; do sleep 1; done"
    several(processes, main=shell(until(up)), server=shell(stubborn))
    job = _ended(processes)
    assert job["status"] == "FAILED"
    assert by_name(job)["server"]["exitCode"] == 137


def test_failed_dependency_ends_the_task_before_it_runs(processes: Client, host: FakeHost) -> None:
    several(
        processes,
        check=shell("echo no; exit 3", **SIDE),
        server=shell(FOREVER, **SIDE),
        main=shell("echo never", dependsOn=after("check:SUCCESS")),
    )
    job = _ended(processes)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    containers = by_name(job)
    assert containers["check"]["exitCode"] == 3
    assert containers["main"]["reason"].startswith("CannotStartContainerError: dependency graph")
    assert "logStreamName" not in containers["main"]
    statuses = ["SUBMITTED", "RUNNABLE", "STARTING", "FAILED"]
    processes.until(lambda: host.statuses(job["jobId"]), lambda seen: seen == statuses)


def test_image_that_is_missing_stops_the_others(processes: Client) -> None:
    several(processes, server=shell(FOREVER), main=shell("", image="missing:1"))
    job = _ended(processes)
    assert job["statusReason"] == "Task failed to start"
    assert by_name(job)["main"]["reason"].startswith("CannotPullContainerError")


@pytest.mark.parametrize(("code", "attempts"), [(75, 2), (1, 1)])
def test_exit_code_of_the_container_that_failed_decides_on_another_attempt(
    processes: Client, code: int, attempts: int
) -> None:
    several(processes, main=shell(f"exit {code}"), side=shell("exit 9", **SIDE))
    rules = [{"onExitCode": "75", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]
    job = _ended(processes, retryStrategy={"attempts": 2, "evaluateOnExit": rules})
    codes = [by_name(each)["main"]["exitCode"] for each in job["attempts"]]
    assert codes == [code] * attempts


def test_timeout_stops_every_container(processes: Client, host: FakeHost) -> None:
    several(
        processes, main=shell(FOREVER), stubborn=shell("trap '' TERM; echo up; while :; do sleep 1; done")
    )
    job = _ended(processes, timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    assert job["statusReason"] == "Job attempt duration exceeded timeout"
    assert {name: each["exitCode"] for name, each in by_name(job).items()} == {"main": 0, "stubborn": 137}
    assert (job["status"], len(job["attempts"])) == ("FAILED", 1)


def test_termination_also_reaches_a_task_that_still_prepares(processes: Client) -> None:
    several(processes, init=shell("sleep 60", **SIDE), main=shell("true", dependsOn=after("init:SUCCESS")))
    job_id = processes.submit(definition="several")
    processes.until(lambda: by_name(processes.job(job_id))["init"], lambda each: "logStreamName" in each)
    assert processes.job(job_id)["status"] == "STARTING"
    processes.call("TerminateJob", jobId=job_id, reason="enough")
    job = processes.ended(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", "enough")
    assert by_name(job)["init"]["exitCode"] == 143
    assert "exitCode" not in by_name(job)["main"]


def test_lost_host_takes_all_containers_and_is_tried_again(processes: Client, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    several(processes, main=shell(f"[ -e {flag} ] || sleep 60"), server=shell(FOREVER, **SIDE))
    rules = [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]
    strategy = {"attempts": 2, "evaluateOnExit": rules}
    job_id = processes.submit(definition="several", retryStrategy=strategy)
    processes.reached(job_id, "RUNNING")
    flag.touch()
    processes.engine.reclaim(processes.scope, job_id)
    job = processes.ended(job_id)
    first, second = job["attempts"]
    assert first["statusReason"].startswith("Host EC2 (instance i-0")
    assert all("exitCode" not in each for each in by_name(first).values())
    assert by_name(second)["main"]["exitCode"] == 0
    assert job["status"] == "SUCCEEDED"


def test_lost_host_does_not_wait_for_containers_that_take_their_time(
    make: MakeClient, tmp_path: Path
) -> None:
    client = make(image_map={"host": {"host": True}}, kill_after_seconds=60.0)
    client.environment()
    client.queue()
    up, told = tmp_path / "up", tmp_path / "told"
    stubborn = f"trap 'touch {told}' TERM; touch {up}; while :; do sleep 0.05; done"
    several(client, main=shell(until(up)), stubborn=shell(stubborn, **SIDE))
    job_id = client.submit(definition="several")
    client.until(told.exists, bool)
    client.engine.reclaim(client.scope, job_id)
    assert client.ended(job_id)["statusReason"].startswith("Host EC2")


def test_lost_fargate_task_is_worded_as_there(processes: Client) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html"""
    fargate = {"type": "FARGATE_SPOT", "maxvCpus": 4, "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]}
    processes.call(
        "CreateComputeEnvironment", computeEnvironmentName="far", type="MANAGED", computeResources=fargate
    )
    processes.queue("far", "far")
    role = "arn:aws:iam::000000000000:role/exec"
    properties = {"executionRoleArn": role, "resourceRequirements": FARGATE_NEEDS}
    processes.definition("far", "sleep", "60", properties=properties, platformCapabilities=["FARGATE"])
    job_id = processes.submit(queue="far", definition="far")
    processes.reached(job_id, "RUNNING")
    processes.engine.reclaim(processes.scope, job_id)
    job = processes.ended(job_id)
    assert job["statusReason"] == "Your Spot Task was interrupted."
    assert "exitCode" not in job["container"]


def test_stopped_engine_asks_nothing_of_its_executor(processes: Client) -> None:
    parts = processes.engine._parts
    processes.engine.stop()
    parts.executor.stop("task.0", 1.0)
    processes.engine.start()


def test_overrides_reach_their_container_only(processes: Client, host: FakeHost) -> None:
    several(
        processes, one=shell("echo $WHO $AWS_BATCH_JOB_ATTEMPT"), two=shell("echo $WHO; sleep 60", **SIDE)
    )
    change = {"name": "one", "environment": [{"name": "WHO", "value": "me"}]}
    job = _ended(processes, ecsPropertiesOverride={"taskProperties": [{"containers": [change]}]})
    containers = by_name(job)
    assert output(host, containers["one"]) == ["me 1"]
    assert containers["two"]["environment"] == []


def test_array_children_can_have_several_containers(processes: Client, host: FakeHost) -> None:
    several(processes, main=shell("echo $AWS_BATCH_JOB_ARRAY_INDEX"), side=shell(FOREVER, **SIDE))
    parent = _ended(processes, arrayProperties={"size": 2})
    child = processes.job(f"{parent['jobId']}:1")
    assert parent["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 2
    assert output(host, by_name(child)["main"]) == ["1"]


def test_waiting_job_shows_its_containers(make: MakeClient) -> None:
    client = make(executor="simulated")
    client.environment(maxvCpus=1)
    client.queue()
    several(client, main=shell(""), side=shell("", **SIDE))
    job_id = client.submit(definition="several")
    job = client.reached(job_id, "RUNNABLE")
    assert list(by_name(job)) == ["main", "side"]
    assert job["attempts"] == []


def test_simulated_containers_take_their_own_time(make: MakeClient) -> None:
    client = make(executor="simulated", seconds_by_image={"slow": 60.0}, exit_codes_by_image={"bad": 5})
    client.environment()
    client.queue()
    several(client, main=shell(""), server=shell("", image="slow"))
    assert _ended(client)["status"] == "SUCCEEDED"
    several(client, main=shell("", image="bad"), server=shell("", image="slow"))
    job = _ended(client)
    assert (job["status"], by_name(job)["main"]["exitCode"]) == ("FAILED", 5)


def test_stop_timeout_of_a_container_is_its_grace(make: MakeClient, tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerProperties.html (stopTimeout)"""
    client = make(image_map={"host": {"host": True}}, kill_after_seconds=30.0, time_scale=0.01)
    client.environment()
    client.queue()
    up = tmp_path / "up"
    stubborn = shell(f"trap '' TERM; touch {up}; while :; do sleep 1; done", stopTimeout=2, **SIDE)
    several(client, main=shell(until(up)), stubborn=stubborn)
    begun = time.monotonic()
    job = _ended(client)
    assert by_name(job)["stubborn"]["exitCode"] == 137
    assert time.monotonic() - begun < 10
