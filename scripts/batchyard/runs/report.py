"""The document of a run: what `run start --wait` and `run show` print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from batchyard.environments import Environment
from batchyard.runs import executions, history
from batchyard.runs.causes import sentence
from batchyard.runs.last_error import explained
from batchyard.runs.map_runs import MapRun, of_maps
from batchyard.runs.steps import Step, events_of, of_events

_MOST_READ = 10  # logs of failed steps: a Map may have thousands, and each takes a call
_IN_STATES = ("RUNNING", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True)
class RunReport:
    """A run and its steps."""

    workflow: str
    execution: Mapping[str, Any]
    steps: list[Step]
    states: list[str] = field(default_factory=list)  # that it is in, or was in when it was ended
    map_runs: list[MapRun] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return str(self.execution["executionArn"])

    @property
    def name(self) -> str:
        return str(self.execution["name"])

    @property
    def status(self) -> str:
        return str(self.execution["status"])

    @property
    def succeeded(self) -> bool:
        return self.status == "SUCCEEDED"

    @property
    def output(self) -> Any:  # noqa: ANN401 - any JSON value
        """Return the parsed output; None unless it succeeded."""
        text = self.execution.get("output")
        return json.loads(text) if text and self.succeeded else None

    @property
    def seconds(self) -> float:
        return seconds(self.execution)

    def document(self) -> dict[str, Any]:
        """Return the run for programs."""
        document = {
            "executionArn": self.arn,
            "name": self.name,
            "workflow": self.workflow,
            "status": self.status,
            "startDate": iso(self.execution["startDate"]),
            "stopDate": iso(self.execution.get("stopDate")),
            "seconds": self.seconds,
            "output": self.output,
            "steps": [step.document() for step in self.steps],
            "mapRuns": [run.document() for run in self.map_runs],
        }
        if self.status in _IN_STATES:
            document["states"] = self.states
        if not self.succeeded:
            document |= {key: self.execution[key] for key in ("error", "cause") if self.execution.get(key)}
            document["reason"] = self.why()
        return document

    def explains(self, step: Step) -> bool:
        """Say whether `why` tells of a step already."""
        return (step.job_id or step.reason) in self._cause()

    def last_errors(self) -> list[str]:
        """Return what the logs of the steps say last that `why` tells of."""
        return [step.last_error for step in self.steps if step.last_error and self.explains(step)]

    def why(self) -> str:
        """Return why it failed, in a sentence; empty when it did not."""
        told = [step.member_reason for step in self.steps if step.member_reason and self.explains(step)]
        return "; ".join([self._cause(), *told])

    def _cause(self) -> str:
        return sentence(self.execution.get("error", ""), self.execution.get("cause", ""))


def report(environment: Environment, execution: Mapping[str, Any]) -> RunReport:
    """Return the report of an execution; of one that failed, with what its failed steps' logs say last.

    Args:
        environment: where.
        execution: its description, as DescribeExecution returns it.
    """
    workflow = executions.workflow_of(environment, execution["executionArn"])
    events = events_of(environment, execution["executionArn"])
    steps = of_events(environment, events)
    if execution["status"] != "SUCCEEDED":
        failed = [number for number, step in enumerate(steps) if step.status == "FAILED"]
        for number in failed[:_MOST_READ]:
            steps[number] = explained(environment, steps[number])
    states = history.whereabouts(events) if execution["status"] in _IN_STATES else []
    return RunReport(workflow, execution, steps, states, of_maps(environment, events))


def seconds(execution: Mapping[str, Any]) -> float:
    """Return how long an execution took, or has taken until now."""
    began: datetime = execution["startDate"]
    ended: datetime = execution.get("stopDate") or datetime.now(UTC)
    return round((ended - began).total_seconds(), 3)


def iso(moment: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds") if moment else None
