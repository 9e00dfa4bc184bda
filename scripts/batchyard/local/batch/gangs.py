"""The nodes of multi-node jobs: placed together, started after their main node, ended with it.

The main node starts first, the others once it runs; it alone decides how the job ends; when it exits, the
others are stopped; when another one ends, nothing is done about it
(https://docs.aws.amazon.com/batch/latest/userguide/job-lifecycle.html).
"""

from __future__ import annotations

from collections.abc import Callable

from batchyard.local.batch.ledger import Ledger
from batchyard.local.batch.model import ENDED, FAILED, ON_HOST, RUNNABLE, RUNNING, STARTING, SUCCEEDED, Job

# The service does not say how it words this; nodes that were stopped had only this to tell.
MAIN_NODE_EXITED = "Main node of the multi-node parallel job exited"


class Gangs:
    """Used under the engine's lock only.

    place: puts a node on a host of an environment. stop: ends what a node runs, for a reason.
    """

    def __init__(
        self,
        ledger: Ledger,
        place: Callable[[Job, str], None],
        stop: Callable[[Job, str], None],
    ) -> None:
        self._ledger, self._place, self._stop = ledger, place, stop

    def begin(self, parent: Job, environment: str) -> None:
        """Start the main node of a job all of whose nodes have been given room."""
        main = self._ledger.main_node(parent)
        self._place(main, environment)
        parent.attempts = main.attempts
        self._ledger.move(parent, STARTING)

    def tried_by(self, job: Job) -> Job:
        """Return the job whose attempts count: a node's are numbered as its main node's."""
        return self._ledger.main_node(job) if job.is_node else job

    def follow_start(self, node: Job) -> bool:
        """Let a multi-node job go on once a node runs; tell whether it is the main node."""
        if not node.is_main_node:
            return False
        parent, attempt = self._ledger.jobs[node.spec.id], node.attempts[-1]
        parent.started = node.started
        self._ledger.move(parent, RUNNING)
        if attempt.status_reason is None:
            for each in self._ledger.nodes(parent):
                if each.status == RUNNABLE:
                    self._place(each, attempt.compute)
        return True

    def follow_end(self, node: Job) -> Job:
        """Return the parent once an ended node leaves none behind, otherwise the node itself."""
        parent, main = self._ledger.jobs[node.spec.id], self._ledger.main_node(node)
        if not node.is_main_node:
            last = node.attempts[-1]
            well = last.exit_code == 0 and not node.terminated
            self._ledger.move(node, SUCCEEDED if well else FAILED, last.status_reason)
        if main.status in ON_HOST and main.attempts[-1].stopped is None:
            return node
        self._ledger.changed(main)
        left = [each for each in self._ledger.nodes(parent) if each.status in ON_HOST and each is not main]
        if node is main:
            for each in left:
                self._stop(each, MAIN_NODE_EXITED)
        if main.status not in ON_HOST:  # the last one was over at once, and the job with it
            return node
        return node if any(each.status in ON_HOST for each in left) else parent

    def finish(self, parent: Job, status: str, reason: str | None) -> None:
        """End the nodes of a job that ends: the main node as the job does, and whoever never started."""
        forced = parent.terminated or parent.timed_out
        for node in self._ledger.nodes(parent):
            if node.is_main_node:
                self._ledger.move(node, status, reason)
            elif node.status not in ENDED:
                lost = node.attempts[-1].status_reason if node.status in ON_HOST else None
                self._ledger.move(node, FAILED, lost or (reason if forced else MAIN_NODE_EXITED))

    def make_runnable(self, parent: Job) -> None:
        """Let all nodes wait with their job, whatever became of them in an earlier attempt."""
        for node in self._ledger.nodes(parent):
            if not node.terminated:
                node.started = node.stopped = node.reason = None
                self._ledger.move(node, RUNNABLE)
