"""The children of an array job and the nodes of a multi-node job, which are jobs of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["child", "node"]
# The API's names for a job's members: what separates the parent's id from the index, and how they are listed.
_MARK: dict[Kind, str] = {"child": ":", "node": "#"}
_LISTED_BY: dict[Kind, str] = {"child": "arrayJobId", "node": "multiNodeJobId"}
_PLURAL: dict[Kind, str] = {"child": "children", "node": "nodes"}
_PAGE = 100  # the most jobs that ListJobs answers at a time, and that DescribeJobs takes


@dataclass(frozen=True)
class Members:
    """How many members a job has, and how many of an array's children are in which status."""

    kind: Kind
    total: int
    statuses: Mapping[str, int]

    def sentence(self) -> str:
        """Return how they stand, such as `2 of 5 children failed`; Batch does not count nodes."""
        failed, done = self.statuses.get("FAILED", 0), self.statuses.get("SUCCEEDED", 0)
        if failed:
            return f"{failed} of {self.total} {_PLURAL[self.kind]} failed"
        if not self.statuses:
            return f"{self.total} {_PLURAL[self.kind]}"
        return f"{done} of {self.total} {_PLURAL[self.kind]} succeeded"

    def range(self) -> str:
        """Return which there are, such as `children are 0 to 4`."""
        return f"{_PLURAL[self.kind]} are 0 to {self.total - 1}"


def members_of(job: Mapping[str, Any]) -> Members | None:
    """Return the members of a job as DescribeJobs tells of it; None where it has none."""
    array, nodes = job.get("arrayProperties", {}), job.get("nodeProperties", {})
    if array.get("size"):
        return Members("child", array["size"], {k: n for k, n in array.get("statusSummary", {}).items() if n})
    if nodes.get("numNodes") and not job.get("nodeDetails"):
        return Members("node", nodes["numNodes"], {})
    return None


def member_of(job: Mapping[str, Any]) -> str:
    """Return which child or node a job is, such as `child 3`; empty where it is none."""
    found = _member(job)
    return f"{found[0]} {found[1]}" if found else ""


def _member(job: Mapping[str, Any]) -> tuple[Kind, int] | None:
    places: tuple[tuple[Kind, str, str], ...] = (
        ("child", "arrayProperties", "index"),
        ("node", "nodeDetails", "nodeIndex"),
    )
    indices = ((kind, job.get(place, {}).get(key)) for kind, place, key in places)
    return next(((kind, index) for kind, index in indices if index is not None), None)


def described(
    batch: Any,  # noqa: ANN401 - a client of the AWS SDK
    job_id: str,
    members: Members,
    *,
    failed: bool = False,
    index: int | None = None,
    most: int = 10,
) -> list[dict[str, Any]]:
    """Return members of a job as DescribeJobs tells of them, by index.

    Args:
        batch: the client.
        job_id: of the array or multi-node job.
        members: of that job.
        failed: only those that failed.
        index: only this one.
        most: at most so many.
    """
    if index is not None:
        wanted = [f"{job_id}{_MARK[members.kind]}{index}"] if 0 <= index < members.total else []
    elif failed:
        wanted = _failed(batch, job_id, members.kind, most)
    else:
        wanted = [f"{job_id}{_MARK[members.kind]}{number}" for number in range(min(most, members.total))]
    found = batch.describe_jobs(jobs=wanted[:_PAGE])["jobs"] if wanted else []
    return sorted(found, key=lambda job: (_member(job) or ("", 0))[1])


def _failed(batch: Any, job_id: str, kind: Kind, most: int) -> list[str]:  # noqa: ANN401
    pages = batch.get_paginator("list_jobs").paginate(
        **{_LISTED_BY[kind]: job_id}, jobStatus="FAILED", PaginationConfig={"MaxItems": min(most, _PAGE)}
    )
    return [job["jobId"] for page in pages for job in page["jobSummaryList"]]
