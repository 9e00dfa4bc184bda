"""What happens in a run while somebody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from batchyard.environments import Environment
from batchyard.runs.steps import of_execution

_PAUSE = {True: 3.0, False: 10.0}  # seconds between two looks; True: the local environment


class Watch:
    """Tells of each step whose status has changed, at most so often as AWS bears it.

    Args:
        environment: where.
        arn: the execution.
        note: called with a line per change.
        clock: a time in seconds.
    """

    def __init__(
        self,
        environment: Environment,
        arn: str,
        note: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._environment, self._note, self._clock = environment, note, clock
        self._execution = {"executionArn": arn, "name": arn.rsplit(":", 1)[1]}
        self._known: dict[tuple[str, str | None], tuple[str, int]] = {}
        self._pause = _PAUSE[environment.is_local]
        self._next = clock() + self._pause

    def __call__(self) -> None:
        """Look, if it is time to."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + self._pause
        for step in of_execution(self._environment, self._execution):
            key, now = (step.state, step.job_id), (step.status, step.attempts)
            if self._known.get(key) != now:
                again = f", attempt {step.attempts}" if step.attempts > 1 else ""
                self._note(f"{step.state}: {step.status}{again}")
            self._known[key] = now
