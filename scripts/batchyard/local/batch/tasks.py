"""The containers of a task: in which order they start and stop, and how the task ends.

Conditions: https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerDependency.html. What they
leave open is as the container agent does it (https://github.com/aws/amazon-ecs-agent,
agent/engine/dependencygraph/graph.go and agent/engine/task_manager.go).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from batchyard.local.batch import bodies
from batchyard.local.batch.launch import ESSENTIAL_EXITED, FAILED_TO_START, Outcome
from batchyard.local.batch.model import ContainerRun

# What the agent reports of a container that could never start, although nothing was ever sent to it.
NEVER_STARTED_CODE = 143
# https://docs.aws.amazon.com/batch/latest/APIReference/API_AttemptTaskContainerDetails.html
LONGEST_REASON = 255


class Task:
    """Decides, and starts or stops nothing itself: it is told what happened and asked what is to be done.

    containers: properties of the task's containers. runs: their records, in the same order.
    """

    def __init__(self, containers: Sequence[dict[str, Any]], runs: Sequence[ContainerRun]) -> None:
        self.containers, self.runs = containers, runs
        self.stopping = False
        self._numbers = {bodies.name_of(each): number for number, each in enumerate(containers)}
        self._launched: set[int] = set()
        self._told: set[int] = set()
        self._ends: list[int] = []
        self._failure: str | None = None

    @property
    def started(self) -> bool:
        """Whether every container has started: a task runs once its last container does."""
        return all(run.started is not None for run in self.runs)

    @property
    def over(self) -> bool:
        return len(self._ends) == len(self.runs)

    @property
    def decided(self) -> bool:
        """Whether each essential container has ended."""
        return all(number in self._ends for number in range(len(self.runs)) if self._essential(number))

    def launch_ready(self, now: int) -> list[int]:
        """Return which containers are to be started now; those that never can be are ended."""
        while self._end_hopeless(now):
            pass
        ready = [number for number in self._waiting() if all(map(self._met, self._waits_for(number)))]
        self._launched.update(ready)
        return ready

    def _end_hopeless(self, now: int) -> bool:
        """End one container that will never start, and others' hope with it; tell whether there was one."""
        for number in self._waiting():
            reason = None if self.stopping else self._hopeless(number)
            if self.stopping or reason:
                self.end(number, Outcome(NEVER_STARTED_CODE if reason else None, reason), now)
                return True
        return False

    def _waiting(self) -> list[int]:
        return [n for n, run in enumerate(self.runs) if run.stopped is None and n not in self._launched]

    def stop_ready(self, *, all_at_once: bool = False) -> list[int]:
        """Return which containers are to be stopped now: those that no other one still depends on.

        all_at_once: in no order, as when their host goes away.
        """
        ready = [
            number
            for number in range(len(self.runs))
            if self.runs[number].stopped is None
            and number not in self._told
            and (all_at_once or not self._needed(number))
        ]
        self._told.update(ready if self.stopping else ())
        return ready if self.stopping else []

    def tell_again(self) -> None:
        """Forget who was told to stop, so that `stop_ready` names all that still run once more."""
        self._told.clear()

    def end(self, number: int, outcome: Outcome, now: int) -> None:
        """Take in how a container ended; the end of an essential one ends the task."""
        run = self.runs[number]
        run.stopped, run.exit_code = now, outcome.exit_code
        run.reason = outcome.reason and outcome.reason[:LONGEST_REASON]
        self._ends.append(number)
        self._failure = self._failure or (outcome.status_reason if outcome.of_task else None)
        self.stopping = self.stopping or outcome.of_task or self._essential(number)

    def outcome(self) -> Outcome:
        """Return how the task ended: well when each essential container exited with 0.

        Otherwise exit code and reason are those of the essential container that went wrong first.
        """
        if self._failure:
            return Outcome(status_reason=self._failure)
        essential = [self.runs[number] for number in self._ends if self._essential(number)]
        started = all(run.started is not None for run in essential)
        decides = next((run for run in essential if run.exit_code != 0), essential[0])
        status_reason = ESSENTIAL_EXITED if started else FAILED_TO_START
        return Outcome(decides.exit_code, decides.reason, status_reason)

    def give_up_on(self, number: int, now: int) -> None:
        """End the containers that still wait for the end of one that has taken too long (startTimeout)."""
        name = bodies.name_of(self.containers[number])
        for other in self._waiting():
            ends = [each for each in self._waits_for(other) if each["condition"] != "START"]
            if name in [each["containerName"] for each in ends if not self._met(each)]:
                reason = _reason(name, bodies.name_of(self.containers[other]), "has timed out.")
                self.end(other, Outcome(NEVER_STARTED_CODE, reason), now)

    def _essential(self, number: int) -> bool:
        return bool(self.containers[number].get("essential", True))

    def _waits_for(self, number: int) -> list[dict[str, str]]:
        return self.containers[number].get("dependsOn") or []

    def _run_of(self, dependency: dict[str, str]) -> ContainerRun:
        return self.runs[self._numbers[dependency["containerName"]]]

    def _met(self, dependency: dict[str, str]) -> bool:
        run = self._run_of(dependency)
        if dependency["condition"] == "START":
            return run.started is not None
        return run.stopped is not None and (dependency["condition"] == "COMPLETE" or run.exit_code == 0)

    def _hopeless(self, number: int) -> str | None:
        """Return the reason why a container can never start, or None while it may."""
        for each in self._waits_for(number):
            run, other = self._run_of(each), each["containerName"]
            if run.stopped is None:
                continue
            target = bodies.name_of(self.containers[number])
            if run.started is None:
                return _reason(other, target, "because dependency will never start")
            if each["condition"] == "SUCCESS" and run.exit_code != 0:
                return _reason(other, target, "as dependency did not exit successfully.")
        return None

    def _needed(self, number: int) -> bool:
        name = bodies.name_of(self.containers[number])
        return any(
            run.stopped is None and name in [each["containerName"] for each in self._waits_for(other)]
            for other, run in enumerate(self.runs)
        )


def outcome_of(containers: Sequence[dict[str, Any]], runs: Sequence[ContainerRun]) -> Outcome | None:
    """Return how a task ended whose records are all that is left, or None if that was not decided yet.

    It was as soon as each essential container had ended by itself: only others were being stopped.
    """
    task = Task(containers, runs)
    ended = sorted(
        (run.stopped, number)
        for number, run in enumerate(runs)
        if run.stopped is not None and run.exit_code is not None
    )
    for stopped, number in ended:
        run = runs[number]
        task.end(number, Outcome(run.exit_code, run.reason), stopped)
    return task.outcome() if task.decided else None


def _reason(dependency: str, target: str, why: str) -> str:
    failed = "" if why.startswith("has") else "failed to resolve "
    return (
        f"CannotStartContainerError: dependency graph: {failed}container ordering dependency "
        f"[{dependency}] for target [{target}] {why}"
    )
