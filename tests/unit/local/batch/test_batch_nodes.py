"""Multi-node parallel jobs as processes of this machine.

https://docs.aws.amazon.com/batch/latest/userguide/job-lifecycle.html and
https://docs.aws.amazon.com/batch/latest/userguide/mnp-env-vars.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import Client, FakeHost
from tests.unit.local.batch.shapes import after, by_name, free_port, output, shell, spread, task, until

FOREVER = "echo up; sleep 60 & wait"
MAIN_LOST = [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]


def _ended(client: Client, **more: Any) -> dict[str, Any]:
    return client.ended(client.submit(definition="spread", **more))


def _nodes(client: Client, job: dict[str, Any]) -> list[dict[str, Any]]:
    count = job["nodeProperties"]["numNodes"]
    return [client.job(f"{job['jobId']}#{number}") for number in range(count)]


def _up(folder: Path, *numbers: int) -> tuple[str, str]:
    """Return shell that says that a node is up, and shell that waits for some that are."""
    return f"touch {folder}/up$AWS_BATCH_JOB_NODE_INDEX", until(
        *(folder / f"up{number}" for number in numbers)
    )


def test_nodes_know_their_place_and_their_main_node(
    processes: Client, host: FakeHost, tmp_path: Path
) -> None:
    up, wait = _up(tmp_path, 0, 1, 2)
    ask = "echo $AWS_BATCH_JOB_NODE_INDEX $AWS_BATCH_JOB_NUM_NODES $AWS_BATCH_JOB_MAIN_NODE_INDEX"
    address = "${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-none}"
    spread(processes, 3, main=1, _0_=f"{ask} $AWS_BATCH_JOB_ID {address}; {up}; {wait}")
    job = _ended(processes)
    nodes = _nodes(processes, job)
    words = [output(host, node["container"])[0].split() for node in nodes]
    assert [each[:3] for each in words] == [[str(number), "3", "1"] for number in range(3)]
    assert [each[3] for each in words] == [node["jobId"] for node in nodes]
    assert words[1][4] == "none"
    assert words[0][4] == words[2][4]
    assert words[0][4].startswith("127.")
    assert [node["nodeDetails"] for node in nodes] == [
        {"nodeIndex": number, "isMainNode": number == 1} for number in range(3)
    ]


def test_two_jobs_have_main_nodes_of_their_own_address(
    processes: Client, host: FakeHost, tmp_path: Path
) -> None:
    up, wait = _up(tmp_path, 1)
    ask = "echo $AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"
    spread(processes, 2, _0=f"{wait}; rm {tmp_path}/up1", _1=f"{ask}; {up}; sleep 60")
    jobs = [_ended(processes) for _ in range(2)]
    one, two = (output(host, _nodes(processes, job)[1]["container"]) for job in jobs)
    assert one != two


def test_children_reach_the_main_node_at_its_address(processes: Client, host: FakeHost) -> None:
    port = free_port()
    serve = f"import socket; s = socket.create_server(('', {port})); print(s.accept()[0].recv(9).decode())"
    call = (
        "import os, socket, time\n"
        f"there = os.environ['AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS'], {port}\n"
        "for _ in range(200):\n"
        "    try: socket.create_connection(there).send(b'hello'); break\n"
        "    except OSError: time.sleep(.02)"
    )
    ranges: dict[str, Any] = {"_0": {"container": shell("", command=["python3", "-c", serve])}}
    ranges["_1"] = {"container": shell("", command=["python3", "-c", call])}
    spread(processes, 2, **ranges)
    job = _ended(processes)
    assert output(host, _nodes(processes, job)[0]["container"]) == ["hello"]


@pytest.mark.parametrize(("code", "status"), [(0, "SUCCEEDED"), (4, "FAILED")])
def test_main_node_decides_and_stops_the_others(
    processes: Client, host: FakeHost, tmp_path: Path, code: int, status: str
) -> None:
    up, wait = _up(tmp_path, 1, 2)
    spread(processes, 3, _0=f"{wait}; exit {code}", _1_=f"echo up; {up}; sleep 60")
    job = _ended(processes)
    assert (job["status"], job["statusReason"]) == (status, "Essential container in task exited")
    nodes = _nodes(processes, job)
    assert [node["status"] for node in nodes] == [status, "FAILED", "FAILED"]
    assert [node["container"]["exitCode"] for node in nodes] == [code, 143, 143]
    # The end of the job is told when nothing of it is left, logs included.
    assert output(host, nodes[2]["container"]) == ["up"]
    # As the service does, the parent shows the attempts of its main node.
    assert job["attempts"] == nodes[0]["attempts"]
    assert "container" not in job


def test_nothing_is_done_about_a_child_that_ends(processes: Client, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    spread(processes, 3, _0=until(flag), _1="exit 3", _2="true")
    job_id = processes.submit(definition="spread")
    for number in (1, 2):
        processes.ended(f"{job_id}#{number}")
    assert processes.job(job_id)["status"] == "RUNNING"
    flag.touch()
    job = processes.ended(job_id)
    nodes = _nodes(processes, job)
    assert [node["status"] for node in nodes] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    assert job["status"] == "SUCCEEDED"


def test_children_start_once_the_main_node_runs(processes: Client, host: FakeHost, tmp_path: Path) -> None:
    up, wait = _up(tmp_path, 1)
    spread(processes, 2, _0=wait, _1=up)
    job = _ended(processes)
    statuses = ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]
    processes.until(lambda: host.statuses(job["jobId"]), lambda seen: seen == statuses)
    changes = [(detail["jobId"].partition("#")[2], detail["status"]) for _, _, detail in host.events]
    assert changes.index(("0", "RUNNING")) < changes.index(("1", "STARTING"))


def test_main_node_that_can_not_start_starts_no_children(processes: Client) -> None:
    spread(processes, 2, _0={"container": shell("", image="missing:1")}, _1=FOREVER)
    job = _ended(processes)
    main, child = _nodes(processes, job)
    assert job["statusReason"] == main["statusReason"] == "Task failed to start"
    assert main["container"]["reason"].startswith("CannotPullContainerError")
    assert (child["status"], child["attempts"]) == ("FAILED", [])


def test_all_nodes_are_placed_together_or_not_at_all(processes: Client) -> None:
    processes.environment("small", maxvCpus=3)
    processes.queue("narrow", "small")
    processes.definition("sleep", "sleep", "0.3")
    spread(processes, 3, _0_="true")
    first = processes.submit(queue="narrow", definition="sleep")
    job_id = processes.submit(queue="narrow", definition="spread")
    processes.reached(first, "RUNNING")
    assert [node["status"] for node in _nodes(processes, processes.job(job_id))] == ["RUNNABLE"] * 3
    job = processes.ended(job_id)
    assert job["startedAt"] >= processes.job(first)["stoppedAt"]
    # All that it took is given back.
    assert processes.ended(processes.submit(queue="narrow", definition="spread"))["status"] == "SUCCEEDED"


def test_number_of_nodes_and_properties_can_be_overridden(
    processes: Client, host: FakeHost, tmp_path: Path
) -> None:
    up, wait = _up(tmp_path, 1, 2, 3)
    spread(processes, 2, _0=wait, _1_=f"echo $AWS_BATCH_JOB_NUM_NODES $WHO; {up}; sleep 60")
    change = {"environment": [{"name": "WHO", "value": "me"}]}
    overrides = {
        "numNodes": 4,
        "nodePropertyOverrides": [{"targetNodes": "2:", "containerOverrides": change}],
    }
    job = _ended(processes, nodeOverrides=overrides)
    nodes = _nodes(processes, job)
    assert [output(host, node["container"])[0] for node in nodes[1:]] == ["4", "4 me", "4 me"]


def test_nodes_are_listed_by_their_job(processes: Client, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    spread(processes, 2, _0=until(flag), _1="exit 3")
    job_id = processes.submit(definition="spread")
    processes.ended(f"{job_id}#1")
    flag.touch()
    processes.ended(job_id)
    (failed,) = processes.call("ListJobs", multiNodeJobId=job_id, jobStatus="FAILED")["jobSummaryList"]
    assert failed["jobId"] == f"{job_id}#1"
    assert failed["nodeProperties"] == {"nodeIndex": 1, "isMainNode": False, "numNodes": 2}
    (parent,) = processes.call("ListJobs", jobQueue="high", jobStatus="SUCCEEDED")["jobSummaryList"]
    assert (parent["jobId"], parent["nodeProperties"]) == (job_id, {"numNodes": 2})


def test_lost_main_node_is_tried_again_with_all_nodes(
    processes: Client, host: FakeHost, tmp_path: Path
) -> None:
    up, wait = _up(tmp_path, 1)
    first = "[ $AWS_BATCH_JOB_ATTEMPT = 1 ]"
    spread(processes, 2, _0=f"{first} && sleep 60; {wait}", _1=f"echo $AWS_BATCH_JOB_ATTEMPT; {up}; sleep 60")
    strategy = {"attempts": 2, "evaluateOnExit": MAIN_LOST}
    job_id = processes.submit(definition="spread", retryStrategy=strategy)
    processes.until((tmp_path / "up1").exists, bool)
    (tmp_path / "up1").unlink()
    processes.engine.reclaim(processes.scope, job_id)
    job = processes.ended(job_id)
    assert job["status"] == "SUCCEEDED"
    assert job["attempts"][0]["statusReason"].startswith("Host EC2")
    child = processes.job(f"{job_id}#1")
    streams = [each["container"]["logStreamName"] for each in child["attempts"]]
    assert [host.logs["/aws/batch/job", each] for each in streams] == [["1"], ["2"]]


def test_lost_child_ends_alone(processes: Client, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    spread(processes, 2, _0=until(flag), _1=FOREVER)
    job_id = processes.submit(definition="spread")
    processes.reached(f"{job_id}#1", "RUNNING")
    processes.engine.reclaim(processes.scope, f"{job_id}#1")
    assert processes.ended(f"{job_id}#1")["statusReason"].startswith("Host EC2")
    assert processes.job(job_id)["status"] == "RUNNING"
    flag.touch()
    assert processes.ended(job_id)["status"] == "SUCCEEDED"


def test_timeout_counts_for_the_whole_job(processes: Client) -> None:
    """https://docs.aws.amazon.com/batch/latest/APIReference/API_JobTimeout.html"""
    spread(processes, 2, _0="sleep 60", _1="sleep 60")
    job = _ended(processes, timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    assert (job["status"], len(job["attempts"])) == ("FAILED", 1)
    reasons = {node["statusReason"] for node in _nodes(processes, job)}
    assert reasons == {job["statusReason"]} == {"Job attempt duration exceeded timeout"}


@pytest.mark.parametrize("suffix", ["", "#0"])
def test_termination_of_a_job_or_its_main_node_ends_all(processes: Client, suffix: str) -> None:
    spread(processes, 2, _0="sleep 60", _1="sleep 60")
    job_id = processes.submit(definition="spread", retryStrategy={"attempts": 3})
    processes.reached(f"{job_id}#1", "RUNNING")
    processes.call("TerminateJob", jobId=f"{job_id}{suffix}", reason="enough")
    job = processes.ended(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", "enough")
    assert [node["statusReason"] for node in _nodes(processes, job)] == ["enough", "enough"]
    assert len(job["attempts"]) == 1


def test_termination_of_a_child_leaves_the_job(processes: Client, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    spread(processes, 2, _0=until(flag), _1="sleep 60")
    job_id = processes.submit(definition="spread")
    processes.reached(f"{job_id}#1", "RUNNING")
    processes.call("TerminateJob", jobId=f"{job_id}#1", reason="enough")
    assert processes.ended(f"{job_id}#1")["statusReason"] == "enough"
    flag.touch()
    assert processes.ended(job_id)["status"] == "SUCCEEDED"


@pytest.mark.parametrize("operation", ["CancelJob", "TerminateJob"])
def test_waiting_job_ends_with_all_nodes(make: MakeClient, operation: str) -> None:
    client = make(executor="simulated")
    client.environment(maxvCpus=1)
    client.queue()
    spread(client, 2, _0_="")
    job_id = client.submit(definition="spread")
    client.reached(f"{job_id}#1", "RUNNABLE")
    client.call(operation, jobId=job_id, reason="enough")
    job = client.ended(job_id)
    assert [node["status"] for node in _nodes(client, job)] == ["FAILED", "FAILED"]
    assert job["attempts"] == []


def test_node_can_run_several_containers(processes: Client, host: FakeHost) -> None:
    body = task(
        main=shell("cat /dev/null; echo $AWS_BATCH_JOB_NODE_INDEX", dependsOn=after("side:START")),
        side=shell("sleep 60", essential=False),
    )
    spread(processes, 2, _0_={"ecsProperties": body})
    job = _ended(processes)
    assert job["status"] == "SUCCEEDED"
    main = _nodes(processes, job)[0]
    assert output(host, by_name(main)["main"]) == ["0"]
    assert by_name(job["attempts"][0])["main"]["exitCode"] == 0


def test_nodes_that_are_pods_are_refused(processes: Client) -> None:
    pod = {"podProperties": {"containers": [{"image": "x"}]}}
    spread(processes, 2, _0_={"eksProperties": pod})
    names = {"jobName": "j", "jobQueue": "high", "jobDefinition": "spread"}
    assert "eksProperties for nodes 0:" in processes.refusal("SubmitJob", **names)


def test_job_that_waits_for_nodes_follows_them(processes: Client) -> None:
    spread(processes, 2, _0_="sleep 0.1")
    processes.definition("true", "true")
    first = processes.submit(definition="spread")
    second = processes.submit(definition="true", dependsOn=[{"jobId": first}])
    assert processes.ended(second)["status"] == "SUCCEEDED"
    assert processes.job(first)["status"] == "SUCCEEDED"


def test_simulated_nodes_take_their_time(make: MakeClient) -> None:
    client = make(executor="simulated", exit_codes_by_image={"bad": 5})
    client.environment()
    client.queue()
    spread(client, 3, _0_="")
    assert _ended(client)["status"] == "SUCCEEDED"
    spread(client, 3, _0={"container": shell("", image="bad")}, _1_="")
    assert _ended(client)["attempts"][0]["container"]["exitCode"] == 5
