"""Which of a job's containers decides, and what is told of the others.

What essential means: https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerProperties.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import EPOCH_MS, job

from batchyard.environments import Environment
from batchyard.runs.causes import sentence
from batchyard.runs.last_error import explained
from batchyard.runs.logs import read
from batchyard.runs.steps import from_job

Ended = tuple[str, bool, int | None]


def task(status: str, *ended: Ended, **fields: Any) -> dict[str, Any]:
    """Return a job of several containers, each by name, whether it is essential, exit code.

    An attempt has no word of `essential`:
    https://docs.aws.amazon.com/batch/latest/APIReference/API_AttemptTaskContainerDetails.html
    """
    attempt = [
        {"name": name, "logStreamName": f"s/{name}"} | ({} if code is None else {"exitCode": code})
        for name, _, code in ended
    ]
    now = [each | {"essential": essential} for each, (_, essential, _) in zip(attempt, ended, strict=True)]
    found = job("job-1", "Maze", status, statusReason="Essential container in task exited")
    del found["container"]
    found["attempts"] = [{"taskProperties": [{"containers": attempt}]}]
    return found | {"ecsProperties": {"taskProperties": [{"containers": now}]}} | fields


def test_a_failure_is_that_of_the_essential_container(dev: Environment, stubs: StubbedAws) -> None:
    step = from_job(task("FAILED", ("watcher", False, 3), ("adder", True, 65)), "Maze")
    assert (step.exit_code, step.culprit) == (65, "adder")
    broke = [{"timestamp": EPOCH_MS, "message": '{"level": "ERROR", "message": "adder broke"}'}]
    asked = {"logGroupName": "/aws/batch/job", "logStreamName": "s/adder", "startFromHead": False}
    answer = {"events": broke, "nextForwardToken": "t"}
    stubs["logs"].add_response("get_log_events", answer, asked | {"limit": 101})
    assert explained(dev, step).last_error == "adder broke"


def test_the_cause_names_the_essential_container() -> None:
    containers = [
        {"Name": "watcher", "Essential": False, "ExitCode": 3},
        {"Name": "adder", "Essential": True, "ExitCode": 65},
    ]
    detail = {"JobId": "1", "EcsProperties": {"TaskProperties": [{"Containers": containers}]}}
    told = sentence("States.TaskFailed", json.dumps(detail))
    assert told == "States.TaskFailed: job 1 failed: container adder; exit code 65"


def test_success_is_that_of_the_essential_container_and_the_failure_beside_it_is_told() -> None:
    ended = (("watcher", False, 3), ("other", False, 143), ("adder", True, 0))
    step = from_job(task("SUCCEEDED", *ended), "Maze")
    assert (step.document()["exitCode"], step.culprit) == (0, "")
    assert step.asides() == ["container watcher ended with exit code 3 (not essential)"]
    assert step.document()["containers"][0] == {
        "name": "watcher",
        "essential": False,
        "exitCode": 3,
        "reason": "",
    }


def test_a_container_whose_success_is_waited_for_is_the_culprit_though_not_essential() -> None:
    failed = task("FAILED", ("fetch", False, 3), ("adder", True, 143))
    adder = failed["ecsProperties"]["taskProperties"][0]["containers"][1]
    adder["dependsOn"] = [{"containerName": "fetch", "condition": "SUCCESS"}]
    step = from_job(failed, "Maze")
    assert (step.exit_code, step.culprit, step.asides()) == (3, "fetch", [])
    adder["dependsOn"][0]["condition"] = "COMPLETE"
    assert from_job(failed, "Maze").culprit == "adder"


@pytest.mark.parametrize(
    ("status", "codes", "heads"),
    [
        ("FAILED", (143, None, 3), ["exit code 143", "no exit code", "exit code 3"]),
        ("RUNNING", (None, 3, None), ["running", "exit code 3", "running"]),
        ("SUCCEEDED", (0, 3, 0), ["exit code 0", "exit code 3", "exit code 0"]),
    ],
)
def test_each_log_is_headed_with_its_containers_own_end(
    dev: Environment, stubs: StubbedAws, status: str, codes: tuple[int | None, ...], heads: list[str]
) -> None:
    names = ("server", "telemetry", "agent")
    ended = [(name, name != "telemetry", code) for name, code in zip(names, codes, strict=True)]
    now: dict[str, Any] = {"attempts": []} if status == "RUNNING" else {}
    for _ in names:
        stubs["logs"].add_response("get_log_events", {"events": [], "nextForwardToken": "t"})
    found = list(read(dev, [from_job(task(status, *ended, **now), "Maze")], tail=1))
    assert [log.how for log in found] == heads
