"""What a retry strategy says about an attempt that failed."""

from __future__ import annotations

from typing import Any

from batchyard.local.batch.errors import refused
from batchyard.local.batch.model import Attempt

MOST_ATTEMPTS = 10
MOST_RULES = 5
_CONDITIONS = ("onStatusReason", "onReason", "onExitCode")


def should_retry(strategy: dict[str, Any] | None, attempt: Attempt, tried: int) -> bool:
    """Tell whether a failed attempt is followed by another.

    strategy: retryStrategy of the job, or None (one attempt).
    tried: number of attempts so far, the failed one included.

    The first rule all of whose conditions match decides; no match means retry
    (https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html).
    """
    if strategy is None or tried >= int(strategy.get("attempts") or 1):
        return False
    for rule in strategy.get("evaluateOnExit") or ():
        if _matches(rule, attempt):
            return str(rule["action"]).upper() == "RETRY"
    return True


def _matches(rule: dict[str, Any], attempt: Attempt) -> bool:
    code = attempt.exit_code
    values = (attempt.status_reason or "", attempt.reason or "", "" if code is None else str(code))
    given = [(rule[name], value) for name, value in zip(_CONDITIONS, values, strict=True) if rule.get(name)]
    return all(_glob(pattern, value) for pattern, value in given)


def _glob(pattern: str, value: str) -> bool:
    pattern, value = pattern.lower(), value.lower()
    return value.startswith(pattern[:-1]) if pattern.endswith("*") else value == pattern


def validate(strategy: dict[str, Any] | None) -> None:
    """Refuse a retryStrategy outside the documented bounds (1-10 attempts, at most 5 rules)."""
    if strategy is None:
        return
    attempts, rules = strategy.get("attempts"), strategy.get("evaluateOnExit") or []
    if attempts is not None and not 1 <= attempts <= MOST_ATTEMPTS:
        raise refused(f"Number of attempts must be between 1 and {MOST_ATTEMPTS}")
    if rules and attempts is None:
        raise refused("attempts must be specified when evaluateOnExit is specified")
    if len(rules) > MOST_RULES:
        raise refused(f"evaluateOnExit can not have more than {MOST_RULES} conditions")
    for rule in rules:
        _validate_rule(rule)


def _validate_rule(rule: dict[str, Any]) -> None:
    given = [name for name in _CONDITIONS if rule.get(name)]
    if not given:
        raise refused("evaluateOnExit must have at least one of onStatusReason, onReason, onExitCode")
    for name in given:
        pattern = str(rule[name])
        if len(pattern) > 512 or "*" in pattern[:-1]:
            raise refused(f"{name} must be at most 512 characters with an asterisk only at its end")
    code = str(rule.get("onExitCode") or "0").removesuffix("*") or "0"
    if not code.isdigit():
        raise refused("onExitCode must contain only numbers, and can end with an asterisk")
