"""Coverage of states, rules, retriers and catchers."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import pytest

from batchyard.paths import project_root
from batchyard.workflow_test import coverage
from batchyard.workflow_test.running import Outcome
from batchyard.workflow_test.suite import run_workflow

Execute = Callable[..., Outcome]
# Two rules lead to the same state, so the path alone does not tell which one held.
MACHINE = {
    "StartAt": "Which",
    "States": {
        "Which": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.n", "NumericEquals": 1, "Next": "Do"},
                {"Variable": "$.n", "NumericEquals": 2, "Next": "Do"},
            ],
        },
        "Do": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Retry": [{"ErrorEquals": ["A"], "MaxAttempts": 1}, {"ErrorEquals": ["B", "C"]}],
            "Catch": [
                {"ErrorEquals": ["A"], "Next": "Failed"},
                {"ErrorEquals": ["States.ALL"], "Next": "Failed"},
            ],
            "End": True,
        },
        "Failed": {"Type": "Fail"},
    },
}
ALL = [
    ("states", "Which"),
    ("states", "Do"),
    ("states", "Failed"),
    ("choices", "Which: rule 0 → Do"),
    ("choices", "Which: rule 1 → Do"),
    ("retriers", "Do: retrier 0 (A)"),
    ("retriers", "Do: retrier 1 (B, C)"),
    ("catchers", "Do: catcher 0 (A) → Failed"),
    ("catchers", "Do: catcher 1 (States.ALL) → Failed"),
]


@pytest.mark.parametrize(
    ("given", "mocks", "missing"),
    [
        ({"n": 1}, [{"result": 1}], ALL[2:3] + ALL[4:]),
        ({"n": 2}, [{"error": "C"}, {"result": 1}], [ALL[2], ALL[3], ALL[5], *ALL[7:]]),
        ({"n": 2}, [{"error": "A"}], [ALL[3], ALL[6], ALL[8]]),
        ({"n": 1}, [{"error": "X"}], [ALL[4], ALL[5], ALL[6], ALL[7]]),
        ({"n": 3}, [{"result": 1}], ALL[1:]),
    ],
)
def test_what_was_not_taken_is_named(
    execute: Execute, given: object, mocks: list[object], missing: list[coverage.Label]
) -> None:
    [found] = coverage.measure([execute(MACHINE, given, {"Do": mocks})])
    assert found.labels == tuple(ALL)
    assert found.missing == missing


def test_cases_cover_together(execute: Execute) -> None:
    outcomes = [
        execute(MACHINE, {"n": 1}, {"Do": [{"error": "A"}, {"error": "B"}, {"error": "X"}]}),
        execute(MACHINE, {"n": 2}, {"Do": {"error": "A"}}),
    ]
    [found] = coverage.measure(outcomes)
    assert found.missing == []
    assert [found.count(kind) for kind in coverage.KINDS] == [(3, 3), (2, 2), (2, 2), (2, 2)]
    assert coverage.percent([found]) == 100


def test_machines_of_other_states_are_counted_apart(execute: Execute) -> None:
    other = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    found = coverage.measure(
        [execute(other), execute(MACHINE, {"n": 1}, {"Do": {"result": 1}}), execute(other)]
    )
    assert [len(each.labels) for each in found] == [1, 9]
    assert coverage.percent(found) == 40


def test_the_cases_of_exome_pass_and_cover_everything() -> None:
    project_root.cache_clear()
    report = run_workflow("exome")
    assert [(result.case.id, result.problems) for result in report.failed] == []
    assert [missing for each in report.coverage for missing in each.missing] == []
    assert {each.variants[0] for each in report.coverage} == {"local, sync", "local, poll"}
    # Hours of a case take milliseconds; the median, because a busy machine may hold up any one of them.
    assert median(result.milliseconds for result in report.results) < 500
