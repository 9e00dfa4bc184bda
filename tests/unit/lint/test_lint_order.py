"""A job waits only for jobs that were submitted before it, whichever way the run took.

Rule: https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDependency.html names a job by its id.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.lint.lint_subjects import BATCH, batch_task, bundle

from batchyard.lint import lint_bundle

JOBS = ("square", "total")


def submit(job: str, *others: str, **fields: Any) -> dict[str, Any]:
    """Return a state that submits a job which waits for others."""
    state = batch_task(**fields)
    state["Arguments"]["JobDefinition"] = f"{BATCH}job-definition/batchyard-local-demo-{job}"
    if others:
        waited = [{"JobId": f"{{% $states.input.steps.{other}.jobId %}}"} for other in others]
        state["Arguments"]["DependsOn"] = waited
    return state


def choice(**to: str) -> dict[str, Any]:
    rule = {"Condition": "{% $states.input.good %}", "Next": to["then"]}
    return {"Type": "Choice", "Choices": [rule], "Default": to["other"]}


def told(start: str, states: dict[str, Any]) -> list[str]:
    package = bundle()
    align = package["job_definitions"]["align"]
    package["job_definitions"] = {job: {**align, "name": f"batchyard-local-demo-{job}"} for job in JOBS}
    definition = {"QueryLanguage": "JSONata", "StartAt": start, "TimeoutSeconds": 60, "States": states}
    return [each.message for each in lint_bundle(package, definition) if each.id == "BY212"]


def branches(*starts: tuple[str, dict[str, Any]], **fields: Any) -> dict[str, Any]:
    listed = [{"StartAt": name, "States": {name: state}} for name, state in starts]
    return {"Type": "Parallel", "Branches": listed, **fields}


def test_a_cycle_is_told() -> None:
    states = {"Square": submit("square", "total", Next="Total"), "Total": submit("total", "square", End=True)}
    assert told("Square", states) == ["job total is not submitted before Square on the path Square"]


def test_a_job_does_not_wait_for_itself() -> None:
    states = {"Total": submit("total", End=True), "Square": submit("square", "square", Next="Total")}
    assert told("Square", states) == ["job square is not submitted before Square on the path Square"]


@pytest.mark.parametrize("other", ["Skip", "Total"])
def test_every_path_has_to_submit_it(other: str) -> None:
    states = {
        "Which": choice(then="Square", other=other),
        "Square": submit("square", Next="Total"),
        "Skip": {"Type": "Pass", "Next": "Total"},
        "Total": submit("total", "square", End=True),
    }
    path = " -> ".join(dict.fromkeys(["Which", other, "Total"]))
    assert told("Which", states) == [f"job square is not submitted before Total on the path {path}"]


def test_two_states_may_submit_it_between_them() -> None:
    states = {
        "Which": choice(then="Square", other="Again"),
        "Square": submit("square", Next="Total"),
        "Again": submit("square", Next="Total"),
        "Total": submit("total", "square", End=True),
    }
    assert told("Which", states) == []


def test_branches_do_not_know_of_each_other() -> None:
    both = branches(("Square", submit("square", End=True)), ("Total", submit("total", "square", End=True)))
    message = "job square is not submitted before Total on the path Both -> Total"
    assert told("Both", {"Both": {**both, "End": True}}) == [message]


def test_branches_know_what_was_before_them_and_their_followers_what_was_in_them() -> None:
    total = branches(("Total", submit("total", "square", End=True)), End=True)
    assert told("Square", {"Square": submit("square", Next="Both"), "Both": total}) == []
    square = branches(("Square", submit("square", End=True)), Next="Total")
    assert told("Both", {"Both": square, "Total": submit("total", "square", End=True)}) == []
