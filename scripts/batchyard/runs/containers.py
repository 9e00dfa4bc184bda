"""The containers of a Batch job, of any shape, as DescribeJobs tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEFAULT_GROUP = "/aws/batch/job"
Detail = Mapping[str, Any]


@dataclass(frozen=True)
class Stream:
    """Where one container wrote in one attempt; `container` is empty where a job has only one."""

    name: str
    attempt: int = 1
    container: str = ""
    group: str = DEFAULT_GROUP


def containers_of(detail: Detail) -> list[Detail]:
    """Return the containers of a job, or of one of its attempts.

    Args:
        detail: JobDetail or AttemptDetail of the Batch API: one `container`, or several in `taskProperties`,
            which a job has within `ecsProperties`.
    """
    tasks = detail.get("taskProperties") or detail.get("ecsProperties", {}).get("taskProperties") or []
    several = [container for task in tasks for container in task.get("containers", [])]
    return several or ([detail["container"]] if detail.get("container") else [])


def failed_of(containers: Sequence[Detail]) -> Detail:
    """Return the container that explains a failure: the first that ended badly, else the first, if any.

    One that was stopped with the others (SIGTERM, SIGKILL) explains less than one that ended by itself.
    """
    bad = [each for each in containers if each.get("exitCode") or each.get("reason")]
    own = [each for each in bad if each.get("exitCode") not in (137, 143)]
    return next(iter([*own, *bad, *containers]), {})


def streams_of(job: Detail) -> list[Stream]:
    """Return the log streams of a job, attempt by attempt; those of a running attempt are known, too."""
    attempts = job.get("attempts", [])
    groups = {each.get("name", ""): _group(each) for each in containers_of(job)}
    tries = [*((number, attempt) for number, attempt in enumerate(attempts, 1)), (len(attempts) + 1, job)]
    found: dict[str, Stream] = {}
    for number, detail in tries:
        for stream in _streams(detail, number, groups):
            found.setdefault(stream.name, stream)
    return list(found.values())


def _streams(detail: Detail, attempt: int, groups: Mapping[str, str]) -> Iterator[Stream]:
    for container in containers_of(detail):
        name, stream = container.get("name", ""), container.get("logStreamName")
        if stream:
            yield Stream(stream, attempt, name, groups.get(name, DEFAULT_GROUP))


def _group(container: Detail) -> str:
    options = container.get("logConfiguration", {}).get("options", {})
    return str(options.get("awslogs-group", DEFAULT_GROUP))
