"""submit-job: checks its event, submits once, returns the event plus jobId."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

EVENT = {"jobName": "align-1", "jobQueue": "high", "jobDefinition": "exome-align", "sampleId": "s1"}


def test_it_submits_and_returns_the_event_plus_the_job_id(
    function: Callable[[str], ModuleType], batch: Any
) -> None:
    overrides = {"resourceRequirements": [{"type": "MEMORY", "value": "4000"}]}
    event = EVENT | {
        "parameters": {"a": "b"},
        "containerOverrides": overrides,
        "dependsOn": [{"jobId": "j0"}],
    }
    expected = {key: value for key, value in event.items() if key != "sampleId"}
    batch.add_response("submit_job", {"jobName": "align-1", "jobId": "j1"}, expected)
    assert function("submit-job").handler(event, None) == {**event, "jobId": "j1"}


def test_what_is_optional_and_empty_is_not_sent(function: Callable[[str], ModuleType], batch: Any) -> None:
    expected = {key: EVENT[key] for key in ("jobName", "jobQueue", "jobDefinition")}
    batch.add_response("submit_job", {"jobName": "align-1", "jobId": "j1"}, expected)
    event = EVENT | {"parameters": {}, "containerOverrides": {}, "dependsOn": None}
    assert function("submit-job").handler(event, None)["jobId"] == "j1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"jobName": None}, "jobName is missing"),
        (
            {"jobQueue": "", "jobDefinition": 3},
            "jobQueue is missing or no text; jobDefinition is missing or no text",
        ),
        ({"jobName": "a.b"}, "jobName 'a.b': up to 128 letters"),
        ({"jobName": "a" * 129}, "up to 128 letters"),
        ({"parameters": {"memory": 4000}}, "parameters.memory is int: AWS Batch takes texts only"),
        ({"parameters": ["x"]}, "parameters has to be an object"),
        ({"dependsOn": [{}]}, "dependsOn.0 has to be an object with jobId"),
        ({"dependsOn": [{"jobId": "x"}] * 21}, "dependsOn names 21 jobs, at most 20"),
    ],
)
def test_a_wrong_event_is_refused_before_anything_is_submitted(
    function: Callable[[str], ModuleType], batch: Any, change: dict[str, Any], message: str
) -> None:
    module = function("submit-job")
    with pytest.raises(Exception, match=message) as caught:
        module.handler(EVENT | change, None)
    assert type(caught.value).__name__ == "InvalidInputError"


def test_an_event_that_is_no_object_is_refused(function: Callable[[str], ModuleType], batch: Any) -> None:
    with pytest.raises(Exception, match="the event is list"):
        function("submit-job").handler([], None)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ClientException", "RejectedError"),
        ("AccessDeniedException", "RejectedError"),
        ("TooManyRequestsException", "TemporaryError"),
        ("ServerException", "TemporaryError"),
    ],
)
def test_errors_of_the_service_can_be_told_apart_by_name(
    function: Callable[[str], ModuleType], batch: Any, code: str, kind: str
) -> None:
    batch.add_client_error("submit_job", code, "no such queue", 400)
    with pytest.raises(Exception, match=f"SubmitJob: {code}: no such queue") as caught:
        function("submit-job").handler(EVENT, None)
    assert type(caught.value).__name__ == kind
