"""Child executions of a Distributed Map, as their map run keeps them."""

from __future__ import annotations

from typing import Any, Literal

from batchyard.asl.engine.context import timestamp
from batchyard.asl.engine.redrive import PERIOD

Status = Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]
UNSUCCESSFUL: tuple[Status, ...] = ("FAILED", "TIMED_OUT", "ABORTED")
_HISTORY = "The execution reached the maximum number of history events"


class Child:
    """A child execution that has been started.

    Args:
        index: its place among the children.
        items: how many items it works on.
        text: its input.
    """

    __slots__ = (
        "arn",
        "before",
        "cause",
        "error",
        "index",
        "items",
        "name",
        "output",
        "redrives",
        "seed",
        "started_at",
        "status",
        "stopped_at",
        "text",
    )

    def __init__(self, index: int, items: int, text: str, name: str, arn: str, seed: int) -> None:
        self.index, self.items, self.text = index, items, text
        self.name, self.arn, self.seed = name, arn, seed
        self.status: Status = "RUNNING"
        self.before: Status = "RUNNING"  # what a child that waits to be redriven was
        self.output: str | None = None
        self.error: str | None = None
        self.cause: str | None = None
        self.started_at = 0.0
        self.stopped_at = 0.0
        self.redrives = 0

    def ended(self, data: Any) -> None:  # noqa: ANN401 - what the engine tells of a child's end
        """Take how it ended."""
        self.status = data["status"]
        self.output, self.error, self.cause = data["output"], data["error"], data["cause"]
        self.started_at, self.stopped_at = data["startedAt"], data["stoppedAt"]

    def redrivable(self, express: bool, now: float) -> bool:
        """Say whether a map run may redrive it.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
        """
        if express:
            return True
        return now - self.stopped_at <= PERIOD and not (self.cause or "").startswith(_HISTORY)

    def record(self, machine_arn: str, express: bool, now: float) -> dict[str, Any]:
        """Return what a ResultWriter tells of it.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
        """
        succeeded = self.status == "SUCCEEDED"
        found: dict[str, Any] = {"Cause": self.cause, "Error": self.error, "ExecutionArn": self.arn}
        found |= {"Input": self.text, "InputDetails": {"Included": True}, "Name": self.name}
        found |= {"Output": self.output, "OutputDetails": {"Included": True}, "RedriveCount": self.redrives}
        if succeeded:
            found["RedriveStatus"] = "NOT_REDRIVABLE"
            found["RedriveStatusReason"] = "Execution is SUCCEEDED and cannot be redriven"
        else:
            redrivable = self.redrivable(express, now)
            found["RedriveStatus"] = "REDRIVABLE_BY_MAP_RUN" if redrivable else "NOT_REDRIVABLE"
        found |= {"StartDate": timestamp(self.started_at), "StateMachineArn": machine_arn}
        found |= {"Status": self.status, "StopDate": timestamp(self.stopped_at)}
        return {key: value for key, value in found.items() if value is not None}


def waiting(text: str, name: str, arn: str, machine_arn: str) -> dict[str, Any]:
    """Return what a ResultWriter tells of a child that was not started."""
    return {
        "ExecutionArn": arn,
        "Input": text,
        "InputDetails": {"Included": True},
        "Name": name,
        "OutputDetails": {"Included": True},
        "StateMachineArn": machine_arn,
        "Status": "PENDING",
    }
