"""GetExecutionHistory: pages, order, what is left out.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.states.execution_client import FAIL, PASS, WAIT, Environment

from batchyard.local.states.api_errors import ApiError


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def history(env: Environment, arn: str, **request: Any) -> list[dict[str, Any]]:
    return list(env("GetExecutionHistory", executionArn=arn, **request)["events"])


@pytest.mark.parametrize("restarted", [False, True])
def test_events_are_told_as_the_service_tells_them(env: Environment, restarted: bool) -> None:
    """Members: a recorded answer of the service."""
    arn = env.start(env.machine("m", PASS))
    if restarted:
        env.kill()
    at, cut = env.clock.now(), {"truncated": False}
    output = {"output": '{"done":true}', "outputDetails": cut}
    role = "arn:aws:iam::000000000000:role/states"
    assert history(env, arn) == [
        {
            "executionStartedEventDetails": {"input": "{}", "inputDetails": cut, "roleArn": role},
            "id": 1,
            "previousEventId": 0,
            "timestamp": at,
            "type": "ExecutionStarted",
        },
        {
            "stateEnteredEventDetails": {"input": "{}", "inputDetails": cut, "name": "Only"},
            "id": 2,
            "previousEventId": 0,
            "timestamp": at,
            "type": "PassStateEntered",
        },
        {
            "stateExitedEventDetails": {"name": "Only", **output},
            "id": 3,
            "previousEventId": 2,
            "timestamp": at,
            "type": "PassStateExited",
        },
        {
            "executionSucceededEventDetails": output,
            "id": 4,
            "previousEventId": 3,
            "timestamp": at,
            "type": "ExecutionSucceeded",
        },
    ]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("running", [False, True])
def test_pages_hold_every_event_once(env: Environment, reverse: bool, running: bool) -> None:
    arn = env.start(env.machine("m", WAIT if running else PASS))
    whole = history(env, arn, reverseOrder=reverse)
    found: list[dict[str, Any]] = []
    more: dict[str, Any] = {}
    while True:
        request = {"executionArn": arn, "maxResults": 1, "reverseOrder": reverse}
        page = env("GetExecutionHistory", **request, **more)
        found += page["events"]
        if "nextToken" not in page:
            break
        more = {"nextToken": page["nextToken"]}
    assert found == whole
    assert [each["id"] for each in whole] == sorted((each["id"] for each in whole), reverse=reverse)


def test_data_is_left_out_on_request(env: Environment) -> None:
    arn = env.start(env.machine("m", FAIL))
    events = history(env, arn, includeExecutionData=False)
    assert "input" not in events[0]["executionStartedEventDetails"]
    assert events[1]["stateEnteredEventDetails"]["name"] == "Only"
    assert [each["type"] for each in events] == [each["type"] for each in history(env, arn)]


def test_a_token_that_was_not_given_out_is_refused(env: Environment) -> None:
    arn = env.start(env.machine("m", PASS))
    with pytest.raises(ApiError) as raised:
        history(env, arn, nextToken="nonsense")
    assert raised.value.code == "InvalidToken"


def test_a_running_execution_tells_what_has_happened_so_far(env: Environment) -> None:
    arn = env.start(env.machine("m", WAIT))
    assert env.kinds(arn) == ["ExecutionStarted", "WaitStateEntered"]
    env.later(61)
    assert env.kinds(arn)[2:] == ["WaitStateExited", "ExecutionSucceeded"]
