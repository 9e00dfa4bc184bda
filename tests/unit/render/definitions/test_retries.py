"""Retry strategies: presets, rules of one's own, and how they tell the ends of a job apart."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest

Define = Callable[[str], dict[str, dict[str, Any]]]
ONE = "image: tool, vcpus: 1, memory: 2048, timeout: 1h"
ON = {"ec2": "queue: high", "fargate": "kind: fargate, queue: fargate-spot"}


def strategy(define: Define, text: str) -> dict[str, Any]:
    found: dict[str, Any] = define(f"jobs:\n  one: {{{ONE}, {text}}}\n")["one"]["retry_strategy"]
    return found


def action(found: dict[str, Any], **end: str) -> str:
    """Return what AWS Batch does after an end: the first rule of which all conditions match, else a retry.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html
    """
    for rule in found["evaluateOnExit"]:
        conditions = {key: value for key, value in rule.items() if key != "action"}
        if all(fnmatchcase(end.get(key, ""), pattern) for key, pattern in conditions.items()):
            return str(rule["action"])
    return "RETRY"


ENDS = [
    # https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
    ("ec2", {"onStatusReason": "Host EC2 (instance i-0123) terminated."}, "RETRY"),
    ("fargate", {"onStatusReason": "Your Spot Task was interrupted."}, "RETRY"),
    # https://github.com/aws/amazon-ecs-agent/blob/master/agent/dockerclient/dockerapi/errors.go
    ("ec2", {"onReason": "CannotPullContainerError: pull image manifest has been retried"}, "RETRY"),
    (
        "ec2",
        {"onReason": "CannotPullImageManifestError: Error response from daemon: toomanyrequests"},
        "RETRY",
    ),
    ("ec2", {"onReason": "CannotPullECRContainerError: AccessDeniedException"}, "RETRY"),
    ("fargate", {"onReason": "CannotPullContainerAuthError: not found"}, "RETRY"),
    ("ec2", {"onExitCode": "74", "onStatusReason": "Essential container in task exited"}, "RETRY"),
    ("fargate", {"onExitCode": "75", "onStatusReason": "Essential container in task exited"}, "RETRY"),
    ("ec2", {"onExitCode": "1", "onStatusReason": "Essential container in task exited"}, "EXIT"),
    ("ec2", {"onExitCode": "137", "onReason": "OutOfMemoryError: container killed"}, "EXIT"),
    ("fargate", {"onExitCode": "2", "onStatusReason": "Essential container in task exited"}, "EXIT"),
]


@pytest.mark.parametrize("preset", ["", ", retry: spot"])
@pytest.mark.parametrize(("platform", "end", "expected"), ENDS)
def test_the_spot_preset_tells_ends_apart(
    define: Define, preset: str, platform: str, end: dict[str, str], expected: str
) -> None:
    found = strategy(define, ON[platform] + preset)
    assert action(found, **end) == expected
    assert found["attempts"] == 3


@pytest.mark.parametrize(
    "retry",
    [
        "spot",
        "spot-then-on-demand, on_demand_queue: on-demand",
        "{attempts: 5, rules: [{on_exit_code: '137', action: RETRY}, {on_reason: '*', action: EXIT}]}",
    ],
)
def test_every_strategy_that_retries_ends_with_exit_and_has_at_most_five_rules(
    define: Define, retry: str
) -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_RetryStrategy.html
    rules = strategy(define, f"queue: high, retry: {retry}")["evaluateOnExit"]
    assert rules[-1] == {"onReason": "*", "action": "EXIT"}
    assert len(rules) <= 5


def test_then_on_demand_retries_on_spot_as_spot_does(define: Define) -> None:
    on_demand = "queue: high, retry: spot-then-on-demand, on_demand_queue: on-demand"
    assert strategy(define, on_demand) == strategy(define, "queue: high, retry: spot")


def test_no_retry_is_one_attempt(define: Define) -> None:
    assert strategy(define, "queue: high, retry: none") == {"attempts": 1, "evaluateOnExit": []}


def test_rules_of_one_s_own_are_rendered_in_order(define: Define) -> None:
    rules = "[{on_exit_code: '137', on_reason: 'Out*', action: RETRY}, {on_reason: '*', action: EXIT}]"
    assert strategy(define, f"queue: high, retry: {{attempts: 5, rules: {rules}}}") == {
        "attempts": 5,
        "evaluateOnExit": [
            {"onReason": "Out*", "onExitCode": "137", "action": "RETRY"},
            {"onReason": "*", "action": "EXIT"},
        ],
    }
