"""What a kind of task does: how it is begun, waited for and given up."""

from __future__ import annotations

from typing import Any, Protocol

from batchyard.asl.engine.tasks import Outcome, TaskCall
from batchyard.local.tasks.calls import Calls
from batchyard.local.tasks.catalog import target


class Tell(Protocol):
    """Takes the end of a task that was waited for; from any thread."""

    def __call__(self, outcome: Outcome) -> None: ...


class Handler:
    """A request-response task, and what the others change of it. Methods may block, but for `follow`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def begin(self, call: TaskCall, again: bool) -> Any:  # noqa: ANN401, ARG002 - JSON; the others need `again`
        """Send the request and return the result.

        Args:
            again: it may have been sent before, by a server that was killed before it could tell.

        Raises:
            TaskError: it failed.
        """
        return self._calls.task(call, target(call.call))

    def follow(self, call: TaskCall, submitted: Any, tell: Tell) -> None:  # noqa: ANN401, ARG002
        """Wait, without a thread, for the end of what was submitted (`.sync`).

        Raises:
            TaskError: what was submitted is not known.
        """
        raise TypeError(f"{call.call.resource} is not waited for")

    def give_up(self, call: TaskCall, submitted: Any) -> None:  # noqa: ANN401, ARG002
        """End what was submitted with `.sync`, because nobody waits for it any more."""
        raise TypeError(f"{call.call.resource} is not waited for")
