"""submit-job: checks its event, submits once, returns the event plus jobId."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

EVENT = {"jobName": "align-1", "jobQueue": "high", "jobDefinition": "exome-align", "sampleId": "s1"}

ARRAY: dict[str, Any] = {"arrayProperties": {"size": 3}}


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


# https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
SHAPES: list[dict[str, Any]] = [
    ARRAY | {"dependsOn": [{"jobId": "j0", "type": "N_TO_N"}, {"type": "SEQUENTIAL"}]},
    {"nodeOverrides": {"numNodes": 4, "nodePropertyOverrides": [{"targetNodes": "0:"}]}},
    {"ecsPropertiesOverride": {"taskProperties": [{"containers": [{"name": "agent", "command": ["x"]}]}]}},
    {"eksPropertiesOverride": {"podProperties": {"containers": [{"name": "main", "args": ["x"]}]}}},
    {"retryStrategy": {"attempts": 1}, "shareIdentifier": "vision", "schedulingPriorityOverride": 0},
]


@pytest.mark.parametrize("members", SHAPES)
def test_every_shape_of_job_is_submitted_as_it_is_asked_for(
    function: Callable[[str], ModuleType], batch: Any, members: dict[str, Any]
) -> None:
    sent = {key: EVENT[key] for key in ("jobName", "jobQueue", "jobDefinition")} | members
    batch.add_response("submit_job", {"jobName": "align-1", "jobId": "j1"}, sent)
    assert function("submit-job").handler(EVENT | members, None)["jobId"] == "j1"


def test_what_is_optional_and_empty_is_not_sent(function: Callable[[str], ModuleType], batch: Any) -> None:
    expected = {key: EVENT[key] for key in ("jobName", "jobQueue", "jobDefinition")}
    batch.add_response("submit_job", {"jobName": "align-1", "jobId": "j1"}, expected)
    event = EVENT | {"parameters": {}, "containerOverrides": {}, "dependsOn": None, "nodeOverrides": {}}
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
        (
            {"dependsOn": [{"jobId": "x", "type": "ONE"}]},
            "dependsOn.0.type 'ONE' has to be one of N_TO_N, SEQ",
        ),
        (
            {"dependsOn": [{"jobId": "x", "type": "N_TO_N"}]},
            "dependsOn.0 is N_TO_N: only an array waits child",
        ),
        (ARRAY | {"dependsOn": [{"type": "N_TO_N"}]}, "dependsOn.0 is N_TO_N: name the other array by jobId"),
        (
            ARRAY | {"dependsOn": [{"jobId": "x", "type": "SEQUENTIAL"}]},
            "dependsOn.0 is SEQUENTIAL, which is",
        ),
        ({"arrayProperties": {"size": 1}}, "arrayProperties.size is 1: an array has 2 to 10,000 children"),
        ({"arrayProperties": {"size": True}}, "arrayProperties.size is True: an array has"),
        ({"arrayProperties": {"size": 10_001}}, "arrayProperties.size is 10001: an array has"),
        ({"nodeOverrides": {"numNodes": 0}}, "nodeOverrides.numNodes is 0: a whole number from 1 on"),
        ({"nodeOverrides": []}, "nodeOverrides has to be an object"),
        ({"retryStrategy": {"attempts": 11}}, "retryStrategy.attempts is 11: a job has 1 to 10 attempts"),
        ({"shareIdentifier": "a b"}, "shareIdentifier 'a b': up to 255 letters and digits"),
        (
            {"schedulingPriorityOverride": 10_000},
            "schedulingPriorityOverride is 10000: a whole number from 0",
        ),
        ({"schedulingPriorityOverride": True}, "schedulingPriorityOverride is True"),
        ({"schedulingPriorityOverride": "1"}, "schedulingPriorityOverride has to be a whole number"),
        ({"shareIdentifier": 7}, "shareIdentifier has to be a text"),
        (ARRAY | {"nodeOverrides": {"numNodes": 2}}, "a job with nodes can not be an array"),
        (
            {"containerOverrides": {"command": ["x"]}, "ecsPropertiesOverride": {"taskProperties": []}},
            "containerOverrides and ecsPropertiesOverride: a job takes only the overrides of its own shape",
        ),
        (
            {"containerOverrides": {"command": ["x" * 8192]}},
            "containerOverrides has 8,208 characters, at most 8,192: put long texts into S3",
        ),
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
