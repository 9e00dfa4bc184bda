"""What a plan makes look possible, and Batch refuses at the apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_POLICY = "scheduling_policy_arn"
_INSTEAD = (
    "give the queue another key (that makes a new one, and ends this one with all jobs that wait in it)"
)


def foreseen(document: Mapping[str, Any]) -> list[str]:
    """Return a warning for each change of a plan that can not be applied.

    A queue is first-in-first-out or fair-share for life; only the policy itself may be swapped:
    https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html

    Args:
        document: the plan as `terraform show -json` writes it.
    """
    changes = document.get("resource_changes", [])
    return [
        sentence
        for each in changes
        if each.get("type") == "aws_batch_job_queue" and each["change"]["actions"] == ["update"]
        if (sentence := _policy(each["change"]))
    ]


def _policy(change: Mapping[str, Any]) -> str:
    before, after = change["before"], change["after"]
    unknown = (change.get("after_unknown") or {}).get(_POLICY)
    had, has = bool(before.get(_POLICY)), bool(after.get(_POLICY) or unknown)
    if had == has:
        return ""
    said, undo = (
        ("gives no scheduling policy to a queue that was made without", "leave fair_share out")
        if has
        else ("takes no scheduling policy from a queue", "give it fair_share again")
    )
    return f"apply will fail at queue {before.get('name')}: Batch {said}; {undo}, or {_INSTEAD}"
