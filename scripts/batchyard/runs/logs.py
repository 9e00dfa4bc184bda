"""The log lines of a run's steps, from CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.errors import UsageError
from batchyard.runs.containers import Stream
from batchyard.runs.members import described
from batchyard.runs.steps import RUNNING, Step, from_job
from batchyard.runs.streams import lines_of

MOST_MEMBERS = 10  # children or nodes whose logs are shown at once; an array may have 10,000


@dataclass(frozen=True)
class StepLog:
    """What one container wrote in one attempt of a step, or of one of its members.

    `missing` says why there is nothing, `more` that earlier lines are left out.
    """

    step: Step
    stream: Stream | None
    lines: list[tuple[str, str]]
    missing: str = ""
    attempts: int = 1
    more: bool = False

    @property
    def attempt(self) -> int:
        return self.stream.attempt if self.stream else 1

    @property
    def reason(self) -> str:
        """Return why the attempt ended as it did, where Batch or the container says more than that it did."""
        return self.stream.reason if self.stream else self.step.reason

    @property
    def how(self) -> str:
        """Return how it stands: of the only container the job's status, of one of several its own end."""
        last = self.attempt == self.attempts
        if self.stream is None or not self.stream.container:
            # Batch begins another attempt only after one that failed.
            return self.step.status if last else "FAILED"
        if self.stream.exit_code is not None:
            return f"exit code {self.stream.exit_code}"
        return "running" if last and self.step.status in RUNNING else "no exit code"

    @property
    def title(self) -> str:
        """Return whose it is: the state, the child or node, the container."""
        container = self.stream.container if self.stream else ""
        return " ".join(part for part in (self.step.state, self.step.member, container) if part)

    def document(self) -> dict[str, Any]:
        """Return it for programs."""
        events = [{"timestamp": moment, "message": message} for moment, message in self.lines]
        return {
            "state": self.step.state,
            "jobId": self.step.job_id,
            "status": self.step.status,
            "member": self.step.member,
            "container": self.stream.container if self.stream else "",
            "logStreamName": self.stream.name if self.stream else None,
            "attempt": self.attempt,
            "exitCode": self.stream.exit_code if self.stream else None,
            "reason": self.reason,
            "events": events,
            "missing": self.missing,
            "more": self.more,
        }


def choose(steps: Sequence[Step], *, state: str | None = None, failed: bool = False) -> list[Step]:
    """Return the steps whose logs are wanted.

    Args:
        steps: all steps of the run.
        state: only those of this state (upper and lower case do not matter).
        failed: only those that failed.

    Raises:
        UsageError: no step has that state.
    """
    chosen = [step for step in steps if state is None or step.state.lower() == state.lower()]
    if state is not None and not chosen:
        names = ", ".join(dict.fromkeys(step.state for step in steps))
        raise UsageError(f"the run has no step {state}", fix=f"it has: {names or 'none yet'}")
    return [step for step in chosen if not failed or step.status == "FAILED"]


def check_index(steps: Sequence[Step], index: int) -> None:
    """Refuse an index that no step has.

    Args:
        steps: those whose logs are wanted.
        index: of a child or node.

    Raises:
        UsageError: no step has children or nodes, or none has that one.
    """
    several = [(step.state, step.members) for step in steps if step.members]
    if not several:
        names = ", ".join(dict.fromkeys(step.state for step in steps)) or "the run"
        raise UsageError(
            f"{names} has no children and no nodes: --index {index} shows nothing",
            fix="leave --index out, or name a step that has some: --step STATE",
        )
    if all(index >= members.total for _, members in several):
        ranges = "; ".join(dict.fromkeys(f"{state}: {members.range()}" for state, members in several))
        raise UsageError(f"there is no child or node {index}", fix=ranges)


def read(
    environment: Environment,
    steps: Sequence[Step],
    *,
    tail: int | None = None,
    failed: bool = False,
    index: int | None = None,
) -> Iterator[StepLog]:
    """Yield the logs of steps: attempt by attempt, container by container.

    Of an array or multi-node job these are its members' (the first ones; see `MOST_MEMBERS`).

    Args:
        environment: where.
        steps: whose.
        tail: only this many lines at the end of each stream; all when None.
        failed: of a step that failed, only the members that failed.
        index: only this child or node.
    """
    logs = client(environment, "logs")
    for step in steps:
        for each in shown_members(environment, step, failed, index):
            yield from _logs(logs, each, tail)


def members_wanted(step: Step, *, failed: bool) -> int:
    """Return how many members of a step are asked for: all, or of one that failed those that did."""
    if step.members is None:
        return 0
    total = step.members.total  # where Batch does not count them, as of nodes
    return step.members.statuses.get("FAILED", total) if failed and step.status == "FAILED" else total


def shown_members(environment: Environment, step: Step, failed: bool, index: int | None) -> list[Step]:
    """Return the members of a step that are to be shown; the step itself where it has none."""
    if step.members is None or step.job_id is None:
        return [step] if index is None else []
    wanted = failed and step.status == "FAILED" and index is None
    batch = client(environment, "batch")
    found = described(batch, step.job_id, step.members, failed=wanted, index=index, most=MOST_MEMBERS)
    return [from_job(job, step.state) for job in found] or ([step] if index is None else [])


def _logs(logs: Any, step: Step, tail: int | None) -> Iterator[StepLog]:  # noqa: ANN401
    if not step.streams:
        yield StepLog(step, None, [], _no_stream(step))
    for stream in step.streams:
        lines = lines_of(logs, stream, tail)
        more = tail is not None and len(lines) > tail
        missing = "" if lines else f"the stream holds nothing{'' if step.ended else ' (yet)'}"
        shown = lines[1:] if more else lines
        yield StepLog(step, stream, shown, missing, step.streams[-1].attempt, more)


def _no_stream(step: Step) -> str:
    because = f": {step.reason}" if step.reason else ""
    if step.job_id is None:
        return f"no job: the task failed{because}"
    return f"no log stream, the job never started ({step.status}{because})"
