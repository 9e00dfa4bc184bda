"""A map run as DescribeMapRun tells it.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batchyard.asl.engine.map_child import UNSUCCESSFUL, Child, Status
from batchyard.asl.engine.map_counts import shown

if TYPE_CHECKING:
    from batchyard.asl.engine.map_run import MapRun


def describe(run: MapRun) -> dict[str, Any]:
    """Return the members of the API's answer; times are seconds since the epoch."""
    counts, batcher = run.counts, run.fields.batcher
    ahead = max((run.total or 0) - sum(counts.items.values()), 0)
    # How many batches are ahead is known by their items alone: bytes count only when they are made.
    most = batcher.max_items if batcher else 1
    batches = -(-ahead // most) if most else min(ahead, 1)
    failed = any(counts.executions[each] for each in UNSUCCESSFUL)
    lost = [child for child in run.children if _lost(run, child)] if failed else []
    found: dict[str, Any] = {
        "mapRunArn": run.arn,
        "executionArn": run.parent.arn,
        "status": run.status,
        "startDate": run.started_at,
        "maxConcurrency": run.limits.concurrency,
        "toleratedFailurePercentage": float(run.limits.percentage or 0),
        "toleratedFailureCount": run.limits.count or 0,
        "itemCounts": shown(counts.items, ahead, _ended(counts.items), sum(child.items for child in lost)),
        "executionCounts": shown(counts.executions, batches, _ended(counts.executions), len(lost)),
        "redriveCount": run.redrive_count,
    }
    times = {"stopDate": run.stopped_at, "redriveDate": run.redriven_at}
    return found | {key: value for key, value in times.items() if value is not None}


def _ended(by_status: Mapping[Status, int]) -> int:
    return by_status["SUCCEEDED"] + sum(by_status[each] for each in UNSUCCESSFUL)


def _lost(run: MapRun, child: Child) -> bool:
    now = child.stopped_at if run.stopped_at is None else run.stopped_at
    return child.status in UNSUCCESSFUL and not child.redrivable(run.names.express, now)
