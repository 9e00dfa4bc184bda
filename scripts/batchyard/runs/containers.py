"""The containers of a Batch job, of any shape, as DescribeJobs tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_GROUP = "/aws/batch/job"
# 128 + SIGKILL and SIGTERM: what a container exits with that is stopped.
STOPPED = (137, 143)
ENDED = ("SUCCEEDED", "FAILED")
# Says no more than that the job failed:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
_NO_REASON = "Essential container in task exited"
Detail = Mapping[str, Any]


@dataclass(frozen=True)
class Stream:
    """Where one container wrote in one attempt, and how that ended.

    `container` is empty where a job has only one; `exit_code` and `reason` are None and empty where there is
    none, or none yet.
    """

    name: str
    attempt: int = 1
    container: str = ""
    group: str = DEFAULT_GROUP
    exit_code: int | None = field(default=None, compare=False)
    reason: str = field(default="", compare=False)


@dataclass(frozen=True)
class ContainerEnd:
    """How one of several containers of a job ended."""

    name: str
    essential: bool
    exit_code: int | None
    reason: str

    def document(self) -> dict[str, Any]:
        """Return it for programs, in the casing of AWS's own documents."""
        return {
            "name": self.name,
            "essential": self.essential,
            "exitCode": self.exit_code,
            "reason": self.reason,
        }

    def sentence(self) -> str:
        """Return how it ended, such as `container telemetry ended with exit code 3 (not essential)`."""
        which = "essential" if self.essential else "not essential"
        because = f": {self.reason}" if self.reason else ""
        return f"container {self.name} ended with exit code {self.exit_code} ({which}){because}"


def containers_of(detail: Detail) -> list[Detail]:
    """Return the containers of a job, or of one of its attempts.

    Args:
        detail: JobDetail or AttemptDetail of the Batch API: one `container`, or several in `taskProperties`,
            which a job has within `ecsProperties`.
    """
    tasks = detail.get("taskProperties") or detail.get("ecsProperties", {}).get("taskProperties") or []
    several = [container for task in tasks for container in task.get("containers", [])]
    return several or ([detail["container"]] if detail.get("container") else [])


def culprit_of(detail: Detail, job: Detail) -> Detail:
    """Return the container whose end is that of a job, or of one of its attempts; empty where there is none.

    A container that is not essential does not end a job, unless one that needs its success waits for it: then
    that one never starts. One that was stopped with the others (SIGTERM, SIGKILL) explains less than one that
    ended by itself. https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerProperties.html

    Args:
        detail: the job, or an attempt.
        job: the job, which alone tells which containers are essential.
    """
    known = {each.get("name"): each for each in containers_of(job)}
    containers = containers_of(detail)
    ends = [each for each in containers if known.get(each.get("name"), {}).get("essential", True)]
    ends = ends or containers
    if job.get("status") == "SUCCEEDED":
        return next((each for each in ends if each.get("exitCode") == 0), next(iter(ends), {}))
    bad = [each for each in ends if each.get("exitCode") or each.get("reason")]
    own = [each for each in bad if each.get("exitCode") not in STOPPED]
    found = next(iter([*own, *bad, *ends]), {})
    waits = known.get(found.get("name"), {}).get("dependsOn") or []
    needed = {each["containerName"] for each in waits if each.get("condition") == "SUCCESS"}
    return next((each for each in containers if each.get("name") in needed and each.get("exitCode")), found)


def ends_of(job: Detail) -> list[ContainerEnd]:
    """Return how the containers of a job ended that has several, those of the last attempt."""
    found = [each for each in containers_of(job) if each.get("name")]
    return [
        ContainerEnd(
            each["name"], each.get("essential", True), each.get("exitCode"), each.get("reason") or ""
        )
        for each in found
    ]


def streams_of(job: Detail) -> list[Stream]:
    """Return the log streams of a job, attempt by attempt; those of a running attempt are known, too."""
    attempts = job.get("attempts", [])
    # A job that has not ended may still tell why its attempt before did.
    now = job if job.get("status") in ENDED else {**job, "statusReason": None}
    groups = {each.get("name", ""): _group(each) for each in containers_of(job)}
    tries = [*((number, attempt) for number, attempt in enumerate(attempts, 1)), (len(attempts) + 1, now)]
    found: dict[str, Stream] = {}
    for number, detail in tries:
        for stream in _streams(detail, number, groups):
            found.setdefault(stream.name, stream)
    return list(found.values())


def _streams(detail: Detail, attempt: int, groups: Mapping[str, str]) -> Iterator[Stream]:
    for container in containers_of(detail):
        name, stream = container.get("name", ""), container.get("logStreamName")
        reasons = (detail.get("statusReason"), container.get("reason"))
        reason = "; ".join(dict.fromkeys(each for each in reasons if each and each != _NO_REASON))
        if stream:
            group = groups.get(name, DEFAULT_GROUP)
            yield Stream(stream, attempt, name, group, container.get("exitCode"), reason)


def _group(container: Detail) -> str:
    options = container.get("logConfiguration", {}).get("options", {})
    return str(options.get("awslogs-group", DEFAULT_GROUP))
