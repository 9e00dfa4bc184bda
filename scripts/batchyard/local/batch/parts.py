"""The parts of a running engine, and how they hang together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from batchyard.local.batch import container, native
from batchyard.local.batch.api import Api
from batchyard.local.batch.attempts import Attempts
from batchyard.local.batch.detail import describe
from batchyard.local.batch.host import Host
from batchyard.local.batch.launch import Executor, Listener
from batchyard.local.batch.ledger import Ledger, Waiter
from batchyard.local.batch.model import Job
from batchyard.local.batch.outbox import Outbox
from batchyard.local.batch.process import ProcessExecutor
from batchyard.local.batch.recovery import recover
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.scheduler import Scheduler
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.simulated import SimulatedExecutor
from batchyard.local.batch.store import Store
from batchyard.local.batch.timers import Timers

_STATE_CHANGE = "Batch Job State Change"


class Parts:
    """Made anew with every start of an engine, and used under its lock only.

    listener: takes the executor's reports.
    Raises BatchyardError for a state folder that can not be read, or that another engine has.
    """

    def __init__(
        self, state_dir: Path, work_dir: Path, host: Host, settings: EngineSettings, listener: Listener
    ) -> None:
        self._work_dir, self._host, self._settings = work_dir, host, settings
        self.deliveries, self._events = Outbox("batch-deliveries"), Outbox("batch-events")
        self._store, self._registry, self.timers = Store(state_dir), Registry(), Timers()
        self.ledger = Ledger(self._announce, self._notify)
        self.executor = self._make_executor(listener)
        self.scheduler = Scheduler(
            *(self._registry, self.ledger, self.timers, settings.time_scale),
            *(self._publish, self._make_attempts),
        )
        self.api = Api(self._registry, self.ledger, self.scheduler)

    def recover(self) -> None:
        """Take up what the last engine left on disk."""
        recover(
            *(self._store, self._registry, self.ledger, self.scheduler), *(self._settings, self._work_dir)
        )
        self.save()

    def save(self) -> bool:
        """Write everything that changed since the last save; tell whether anything had."""
        return self.ledger.save(self._store, self._registry)

    def close_store(self) -> None:
        self._store.close()

    def close_outboxes(self) -> None:
        """Deliver what is left; not under the lock, which a receiver may want."""
        self.deliveries.close()
        self._events.close()

    def _make_executor(self, listener: Listener) -> Executor:
        if self._settings.executor == "simulated":
            return SimulatedExecutor(self._settings, self.timers, listener)
        prepare = native.prepare if self._settings.executor == "process" else container.prepare
        return ProcessExecutor(
            *(self._settings, self._work_dir, self._host, listener, self.deliveries),
            partial(prepare, self._settings),
        )

    def _make_attempts(
        self, vacate: Callable[[str, float], None], enqueue: Callable[[Job], None]
    ) -> Attempts:
        return Attempts(
            *(self.ledger, self.timers, self.executor, self._settings),
            *(lambda: self._host.endpoint_url, vacate, enqueue),
        )

    def _announce(self, job: Job) -> None:
        self._publish(job, _STATE_CHANGE, [job.arn])

    def _publish(self, job: Job, detail_type: str, resources: Sequence[str]) -> None:
        put = self._host.put_event
        self._events.put(partial(put, job.spec.scope, detail_type, resources, describe(job)))

    def _notify(self, waiter: Waiter, job: Job) -> None:
        self.deliveries.put(partial(waiter, describe(job)))
