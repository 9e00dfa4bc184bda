"""evaluateOnExit, rule by rule."""

from __future__ import annotations

from typing import Any

import pytest

from batchyard.local.batch.model import Attempt
from batchyard.local.batch.retry import should_retry

PULL = {"onReason": "Cannot*", "onExitCode": "1", "action": "EXIT"}
SPOT = {"onStatusReason": "Host EC2*", "action": "RETRY"}
CLOSE = {"onReason": "*", "action": "EXIT"}
ANY = {"onExitCode": "*", "action": "RETRY"}
HOST_GONE: dict[str, Any] = {"status_reason": "Host EC2 (instance i-0123) terminated."}


@pytest.mark.parametrize(
    ("rules", "attempt", "retried"),
    [
        ([], {"exit_code": 1}, True),
        ([SPOT, CLOSE], HOST_GONE, True),
        ([SPOT, CLOSE], {"exit_code": 1}, False),
        ([CLOSE, SPOT], HOST_GONE, False),
        ([{"onExitCode": "7", "action": "EXIT"}], {"exit_code": 75}, True),
        ([{"onExitCode": "7*", "action": "EXIT"}], {"exit_code": 75}, False),
        ([{"onExitCode": "75", "action": "exit"}], {"exit_code": 75}, False),
        ([{"onReason": "cannotpull*", "action": "EXIT"}], {"reason": "CannotPullContainerError: x"}, False),
        ([PULL], {"reason": "Cannot x"}, True),
        ([PULL], {"reason": "Cannot", "exit_code": 1}, False),
        ([{"onExitCode": "1", "action": "EXIT"}, ANY], {"exit_code": 1}, False),
        ([{"onStatusReason": "Host EC2", "action": "EXIT"}], HOST_GONE, True),
    ],
)  # fmt: skip
def test_first_rule_with_all_conditions_met_decides(
    rules: list[dict[str, Any]], attempt: dict[str, Any], retried: bool
) -> None:
    strategy = {"attempts": 3, "evaluateOnExit": rules}
    assert should_retry(strategy, Attempt("task", "ce", **attempt), tried=1) is retried


def test_attempts_bound_every_rule() -> None:
    attempt = Attempt("task", "ce", **HOST_GONE)
    strategy = {"attempts": 2, "evaluateOnExit": [SPOT]}
    assert [should_retry(strategy, attempt, tried) for tried in (1, 2, 3)] == [True, False, False]
    assert should_retry(None, attempt, 1) is False
