"""What a server that starts does with the executions that the last one left open."""

from __future__ import annotations

from batchyard.asl.engine import Engine
from batchyard.local.states.running import Executions
from batchyard.local.states.store import Store


def recover(engine: Engine, store: Store, executions: Executions) -> None:
    """Restore every open execution from what is kept of it, the oldest first; one that can not be has failed.

    Raises:
        BatchyardError: what is kept can not be read.
    """
    for record in reversed(list(store.select("status = 'RUNNING'", ()))):
        executions.take_up(record)
    for arn, execution in list(engine.executions.items()):
        child = execution.spec.child
        if child is not None and child.parent_arn not in engine.executions:
            engine.stop(arn)  # its parent had ended, and the server before its children could
