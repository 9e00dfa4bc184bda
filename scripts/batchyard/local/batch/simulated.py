"""The simulated executor: attempts that only take time."""

from __future__ import annotations

from functools import partial

from batchyard.local.batch.images import lookup
from batchyard.local.batch.launch import Launch, Listener, Outcome
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.timers import Timers

TERMINATED = 143


class SimulatedExecutor:
    """Ends attempts by the engine's own timers; called under the engine's lock only."""

    def __init__(self, settings: EngineSettings, timers: Timers, listener: Listener) -> None:
        self._settings = settings
        self._timers = timers
        self._listener = listener
        self._running: dict[str, int] = {}

    def start(self, launch: Launch) -> None:
        code = lookup(self._settings.exit_codes_by_image, launch.image) or 0
        # One that is stopped because another has ended is taken for one that heeds SIGTERM.
        self._running[launch.task] = code if launch.one_of_several else TERMINATED
        self._listener.started(launch.task, None, None)
        self._timers.after(self._seconds(launch.image), partial(self._end, launch.task, code))

    def stop(self, task: str, grace: float) -> None:  # noqa: ARG002 - nothing here resists
        self._end(task, self._running.get(task, TERMINATED))

    def shutdown(self) -> None:
        self._running.clear()

    def _end(self, task: str, code: int) -> None:
        if self._running.pop(task, None) is not None:
            self._listener.ended(task, Outcome(exit_code=code))

    def _seconds(self, image: str) -> float:
        seconds = lookup(self._settings.seconds_by_image, image)
        return (self._settings.seconds if seconds is None else seconds) * self._settings.time_scale
