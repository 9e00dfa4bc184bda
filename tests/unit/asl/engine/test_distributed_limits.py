"""Distributed Map: concurrency, tolerated failures, results, and the ends of map runs.

Rules: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.asl.engine.maps import FAIL_ODD, TASK, WRITER, Runner, World, brief, details, machine

from batchyard.asl.engine.tasks import Failed, Succeeded

EXCEEDED = "States.ExceedToleratedFailureThreshold"
SLOW = {"Step": [[(10, Succeeded("done"))]]}


def odds(*numbers: int, of: int) -> list[dict[str, bool]]:
    """Return items of which some fail."""
    return [{"odd": number in numbers} for number in range(of)]


def test_no_more_children_run_at_once_than_the_concurrency() -> None:
    world = World(Runner(SLOW))
    world.start(machine(TASK, MaxConcurrency=2), list(range(5)))
    world.go(5)
    assert world.counts() == {"running": 2, "pending": 3, "total": 5}
    world.go(10)
    assert world.counts() == {"running": 2, "pending": 1, "succeeded": 2, "total": 5, "resultsWritten": 2}
    assert world.go().output == json.dumps(["done"] * 5, separators=(",", ":"))
    assert world.clock.now() - world.execution.started_at == 30


def test_a_concurrency_of_zero_is_ten_thousand() -> None:
    world = World(Runner(SLOW))
    world.start(machine(TASK, MaxConcurrency=0), list(range(10_001)))
    world.go(5)
    assert world.counts() == {"running": 10_000, "pending": 1, "total": 10_001}


def test_concurrency_and_tolerance_may_come_from_the_input() -> None:
    world = World(Runner(SLOW))
    fields = {"MaxConcurrencyPath": "$.most", "ToleratedFailurePercentagePath": "$.percent"}
    world.start(machine(TASK, ItemsPath="$.all", **fields), {"all": [1, 2], "most": 1, "percent": 15})
    world.go(1)
    described = world.map_run.describe()
    assert (described["maxConcurrency"], described["toleratedFailurePercentage"]) == (1, 15.0)


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        (-1, "ToleratedFailureCount cannot be negative."),
        (
            "No",
            'The ToleratedFailureCountPath field refers to value "No" which is not a valid integer: $.most',
        ),
    ],
)
def test_a_tolerance_that_is_none_fails_the_state_once_it_has_started(value: object, cause: str) -> None:
    """Events and causes as recorded from the service."""
    definition = machine(ItemsPath="$.all", ToleratedFailureCountPath="$.most")
    execution = World().run(definition, {"all": [0], "most": value})
    assert brief(execution.history[2:]) == [(3, 2, "MapStateStarted"), (4, 3, "ExecutionFailed")]
    where = "An error occurred while executing the state 'Map' (entered at the event id #2). "
    assert (execution.error, execution.cause) == ("States.Runtime", where + cause)


def test_the_limits_of_a_running_map_run_can_be_changed() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateMapRun.html"""
    world = World(Runner(SLOW))
    world.start(machine(TASK, MaxConcurrency=1), list(range(5)))
    world.go(1)
    assert world.engine.update_map_run(world.map_run.arn, max_concurrency=3, tolerated_count=2)
    world.go(1)
    assert world.counts()["running"] == 3
    assert world.map_run.describe()["toleratedFailureCount"] == 2
    assert not world.engine.update_map_run("arn:other", max_concurrency=3)


@pytest.mark.parametrize(
    ("fields", "failed", "fails"),
    [
        ({}, 0, False),
        ({}, 1, True),
        ({"ToleratedFailureCount": 2}, 2, False),
        ({"ToleratedFailureCount": 2}, 3, True),
        ({"ToleratedFailurePercentage": 30}, 3, False),
        ({"ToleratedFailurePercentage": 30}, 4, True),
        ({"ToleratedFailurePercentage": 100}, 10, False),
        ({"ToleratedFailurePercentage": 50, "ToleratedFailureCount": 1}, 2, True),
        ({"ToleratedFailurePercentage": 10, "ToleratedFailureCount": 5}, 2, True),
        ({"ToleratedFailurePercentage": 0}, 1, True),
    ],
)
def test_failed_items_are_tolerated_up_to_the_threshold(
    fields: dict[str, Any], failed: int, fails: bool
) -> None:
    execution = World().run(machine(FAIL_ODD, **fields), odds(*range(failed), of=10))
    assert (execution.status, execution.error) == (("FAILED", EXCEEDED) if fails else ("SUCCEEDED", None))


def test_a_threshold_that_is_exceeded_is_told_in_the_service_s_words() -> None:
    execution = World().run(machine(FAIL_ODD), odds(0, of=1))
    told = {"error": EXCEEDED, "cause": "The specified tolerated failure threshold was exceeded"}
    assert details(execution, "MapRunFailed") == details(execution, "ExecutionFailed") == [told]
    assert brief(execution.history[4:]) == [
        (5, 4, "MapRunFailed"),
        (6, 5, "MapStateFailed"),
        (7, 6, "ExecutionFailed"),
    ]


def test_items_count_and_not_children() -> None:
    """A batch fails as a whole: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-examine-map-run.html"""
    steps = json.loads(json.dumps(FAIL_ODD).replace("$.odd", "$.Items[0].odd"))
    fields: dict[str, Any] = {"ItemBatcher": {"MaxItemsPerBatch": 2}, "ToleratedFailureCount": 1}
    world = World()
    assert world.run(machine(steps, **fields), odds(0, of=4)).error == EXCEEDED
    assert world.counts("itemCounts")["failed"] == 2


def test_a_tolerated_failure_is_told_in_full_among_the_results() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html (Note)"""
    world = World()
    execution = world.run(machine(FAIL_ODD, ToleratedFailureCount=1), odds(0, of=2))
    failed, good = json.loads(execution.output or "")
    assert good == {"odd": False}
    arn = world.journal.children[0].spec.arn
    assert {key: failed[key] for key in ("ExecutionArn", "Status", "Error", "Cause", "Input")} == {
        "ExecutionArn": arn,
        "Status": "FAILED",
        "Error": "Odd",
        "Cause": "it is odd",
        "Input": '{"odd":true}',
    }


@pytest.mark.parametrize(
    ("kind", "status", "seconds"), [("STANDARD", "ABORTED", 5), ("EXPRESS", "SUCCEEDED", 10)]
)
def test_after_too_many_failures_standard_children_are_stopped_and_express_ones_end(
    kind: str, status: str, seconds: int
) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-examine-map-run.html"""
    answers = {"Step": [[(5, Failed("Bad"))], [(10, Succeeded(2))]]}
    world = World(Runner(answers))
    execution = world.run(machine(TASK, kind, MaxConcurrency=2), [1, 2, 3])
    assert (execution.status, execution.error) == ("FAILED", EXCEEDED)
    assert (execution.stopped_at or 0) - execution.started_at == seconds
    assert [each.status for each in world.journal.children] == ["FAILED", status]
    assert world.counts()["pending"] == 1


def test_results_over_256_kib_are_refused_without_a_result_writer() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html"""
    world = World()
    execution = world.run(machine(), ["x" * 1020] * 260)
    assert (execution.status, execution.error) == ("FAILED", "States.DataLimitExceeded")
    assert world.map_run.describe()["status"] == "FAILED"


@pytest.mark.parametrize(
    ("config", "output"),
    [
        ({"Transformation": "FLATTEN"}, [1, 2, 3]),
        ({"Transformation": "COMPACT", "OutputType": "JSON"}, [[1, 2], 3]),
        ({"Transformation": "COMPACT", "OutputType": "JSONL"}, "[1,2]\n3\n"),
    ],
)
def test_results_of_the_state_may_be_transformed(config: dict[str, str], output: Any) -> None:
    execution = World().run(machine(ResultWriter={"WriterConfig": config}), [[1, 2], 3])
    assert json.loads(execution.output or "") == output


def test_results_are_exported_and_the_state_tells_where() -> None:
    """Form of the output and of the files: the guide's page on ResultWriter."""
    world = World()
    fields: dict[str, Any] = {"ResultWriter": WRITER, "ToleratedFailureCount": 1}
    execution = world.run(machine(FAIL_ODD, **fields), odds(1, of=2))
    run = world.map_run.arn
    folder = f"jobs/{run.rpartition(':')[2]}"
    assert json.loads(execution.output or "") == {
        "MapRunArn": run,
        "ResultWriterDetails": {"Bucket": "out", "Key": f"{folder}/manifest.json"},
    }
    files = world.runner.store.buckets["out"]
    good, bad = world.journal.children
    assert json.loads(files[f"{folder}/SUCCEEDED_0.json"]) == [
        {
            "ExecutionArn": good.spec.arn,
            "Input": '{"odd":false}',
            "InputDetails": {"Included": True},
            "Name": good.spec.name,
            "Output": '{"odd":false}',
            "OutputDetails": {"Included": True},
            "RedriveCount": 0,
            "RedriveStatus": "NOT_REDRIVABLE",
            "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            "StartDate": "2023-11-14T22:13:20.000Z",
            "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:machine/each",
            "Status": "SUCCEEDED",
            "StopDate": "2023-11-14T22:13:20.000Z",
        }
    ]
    assert [each["ExecutionArn"] for each in json.loads(files[f"{folder}/FAILED_0.json"])] == [bad.spec.arn]


def test_a_map_run_that_fails_exports_what_has_not_run_too() -> None:
    world = World()
    execution = world.run(machine(FAIL_ODD, ResultWriter=WRITER, MaxConcurrency=1), odds(1, of=4))
    assert execution.error == EXCEEDED
    files = world.runner.store.buckets["out"]
    found = {key.rpartition("/")[2]: json.loads(body) for key, body in files.items() if "manifest" not in key}
    assert {name: [each["Status"] for each in records] for name, records in found.items()} == {
        "SUCCEEDED_0.json": ["SUCCEEDED"],
        "FAILED_0.json": ["FAILED"],
        "PENDING_0.json": ["PENDING", "PENDING"],
    }
    assert found["PENDING_0.json"][0]["Input"] == '{"odd":false}'


def test_results_that_can_not_be_written_fail_the_map_run() -> None:
    elsewhere = {**WRITER, "Parameters": {"Bucket": "gone"}}
    execution = World().run(machine(ResultWriter=elsewhere), [1])
    told = {"error": "States.ResultWriterFailed", "cause": "The specified bucket does not exist"}
    assert details(execution, "MapRunFailed") == [told]


def test_a_retry_starts_a_new_map_run() -> None:
    """Retry of the guide: "When you retry a Map state, it creates a new Map Run"."""
    retry = [{"ErrorEquals": [EXCEEDED], "MaxAttempts": 1, "IntervalSeconds": 5}]
    world = World()
    execution = world.run(machine(FAIL_ODD, Retry=retry), odds(0, of=1))
    first, second = execution.map_runs.values()
    assert first.arn != second.arn
    assert [each.type for each in execution.history[2:]] == [
        "MapStateStarted",
        "MapRunStarted",
        "MapRunFailed",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunFailed",
        "MapStateFailed",
        "ExecutionFailed",
    ]


def test_a_catcher_takes_the_failure() -> None:
    catch = [{"ErrorEquals": [EXCEEDED], "Next": "After"}]
    definition = machine(FAIL_ODD, Catch=catch)
    definition["States"]["After"] = {"Type": "Pass", "End": True}
    execution = World().run(definition, odds(0, of=1))
    assert execution.status == "SUCCEEDED"
    assert [each.type for each in execution.history[4:7]] == [
        "MapRunFailed",
        "MapStateFailed",
        "MapStateExited",
    ]


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_stopping_the_execution_aborts_the_map_run_and_its_children(kind: str) -> None:
    world = World(Runner(SLOW))
    execution = world.start(machine(TASK, kind, MaxConcurrency=2), [1, 2, 3])
    world.go(5)
    world.engine.stop(execution.spec.arn, "Why", "because")
    world.go()
    assert (execution.status, execution.error) == ("ABORTED", "Why")
    assert [each.type for each in execution.history[-2:]] == ["MapRunAborted", "ExecutionAborted"]
    assert [each.status for each in world.journal.children] == ["ABORTED", "ABORTED"]
    assert world.map_run.describe()["status"] == "ABORTED"
    assert world.counts() == {"aborted": 2, "pending": 1, "total": 3, "resultsWritten": 2}
    assert world.engine.executions == {}
    assert len(world.runner.cancelled) == 2


def test_a_timeout_of_the_machine_aborts_the_map_run() -> None:
    world = World(Runner(SLOW))
    execution = world.run({**machine(TASK), "TimeoutSeconds": 5}, [1])
    assert execution.status == "TIMED_OUT"
    assert [each.type for each in execution.history[-2:]] == ["MapRunAborted", "ExecutionTimedOut"]


def test_a_child_that_is_stopped_is_aborted_and_no_failure() -> None:
    """Failed and timed out items count: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html"""
    world = World(Runner(SLOW))
    execution = world.start(machine(TASK), [1, 2])
    world.go(1)
    world.engine.stop(next(world.map_run.open_children()).arn)
    world.go()
    assert execution.status == "SUCCEEDED"
    assert world.counts() == {"aborted": 1, "succeeded": 1, "total": 2, "resultsWritten": 2}


def test_a_sister_branch_that_fails_aborts_the_map_run() -> None:
    inner = machine(TASK)
    fail = {
        "StartAt": "F",
        "States": {"F": {"Type": "Wait", "Seconds": 1, "Next": "G"}, "G": {"Type": "Fail"}},
    }
    both = {"Type": "Parallel", "Branches": [inner, fail], "End": True}
    world = World(Runner(SLOW))
    execution = world.run({"StartAt": "Both", "States": {"Both": both}}, [1])
    assert execution.status == "FAILED"
    assert "MapRunAborted" in [each.type for each in execution.history]
    assert [each.status for each in world.journal.children] == ["ABORTED"]


def test_children_are_dropped_when_they_have_ended() -> None:
    world = World()
    execution = world.run(machine(MaxConcurrency=10), list(range(200)))
    assert execution.status == "SUCCEEDED"
    assert world.engine.executions == {}
    assert world.engine.next_due() is None
