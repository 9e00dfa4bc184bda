"""What states of each type do, and effects of each kind lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchyard.asl.engine import distributed
from batchyard.asl.engine.branching import begin_map, begin_parallel
from batchyard.asl.engine.failing import evaluation, fail
from batchyard.asl.engine.flow import (
    begin_choice,
    begin_fail,
    begin_pass,
    begin_succeed,
    begin_wait,
    enter,
    leave,
)
from batchyard.asl.engine.steps import Steps
from batchyard.asl.engine.task import begin_task, told
from batchyard.asl.engine.tasks import ReadItems, TaskCall, WriteResults
from batchyard.asl.model import Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Strand


def _begin_map(x: Execution, strand: Strand) -> None:
    (distributed.begin if strand.state.distributed else begin_map)(x, strand)


STEPS = Steps(
    enter=enter,
    begin={
        Pass: begin_pass,
        Choice: begin_choice,
        Wait: begin_wait,
        Succeed: begin_succeed,
        Fail: begin_fail,
        Task: begin_task,
        Parallel: begin_parallel,
        Map: _begin_map,
    },
    leave=leave,
    fail=fail,
    evaluation=evaluation,
    told={TaskCall: told, ReadItems: distributed.told, WriteResults: distributed.told},
    go_on=distributed.go_on,
    begin_again=distributed.begin_again,
)
