"""The interpreter: executions as functions of what happens to them, with clock and tasks passed in."""

from batchyard.asl.engine.clock import Clock, RealClock, VirtualClock
from batchyard.asl.engine.engine import Engine
from batchyard.asl.engine.execution import Execution
from batchyard.asl.engine.history import Event
from batchyard.asl.engine.journal import Journal, NoJournal
from batchyard.asl.engine.observer import Observer
from batchyard.asl.engine.spec import ExecutionSpec, MapChild
from batchyard.asl.engine.stimuli import Stimulus

__all__ = [
    "Clock",
    "Engine",
    "Event",
    "Execution",
    "ExecutionSpec",
    "Journal",
    "MapChild",
    "NoJournal",
    "Observer",
    "RealClock",
    "Stimulus",
    "VirtualClock",
]
