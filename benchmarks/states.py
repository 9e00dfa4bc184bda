"""Throughput and memory of the states language's interpreter, beside MiniStack's and moto's in the same run.

moto is no dependency of this project: its figures are left out, with a sentence, where `moto[stepfunctions]`
can not be imported. Transitions are states entered; histories are kept while they are counted.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from states_others import MiniStack, Moto

from batchyard.asl.engine import Engine, Execution, NoJournal, VirtualClock, virtual
from batchyard.asl.engine.tasks import Effect, ReadItems, Report, Succeeded

Json = dict[str, Any]
CYCLES = 6_000  # of the loop in one execution: 24,000 events of 25,000
EXECUTIONS = 5
ITEMS = 10_000
CHILDREN = 100_000
WAITING = 10_000
OTHERS_ITEMS = 1_000  # the others take seconds for what takes us a moment
OTHERS_WAITING = 100


def loop() -> Json:
    """Return a machine that counts `n` down to nought, two transitions each time."""
    down: Json = {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, -1)"}, "Next": "More"}
    more: Json = {"Variable": "$.n", "NumericGreaterThan": 0, "Next": "Down"}
    choice: Json = {"Type": "Choice", "Choices": [more], "Default": "End"}
    return {"StartAt": "More", "States": {"More": choice, "Down": down, "End": {"Type": "Succeed"}}}


def mapped(*, distributed: bool = False) -> Json:
    """Return a machine that maps its input's items to themselves, inline or in executions of their own."""
    processor: Json = {"StartAt": "Same", "States": {"Same": {"Type": "Pass", "End": True}}}
    state: Json = {"Type": "Map", "ItemProcessor": processor, "End": True}
    if distributed:
        processor["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
        reader = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}
        state["ItemReader"] = {**reader, "ReaderConfig": {"InputType": "JSON"}}
        # So many results are too large for a state's output; on AWS, too, they have to be written.
        state["ResultWriter"] = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}
    return {"StartAt": "Map", "States": {"Map": state}}


def waiting(seconds: int) -> Json:
    """Return a machine that waits."""
    return {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": seconds, "End": True}}}


class Items:
    """Answers the reading of items and the writing of results; there are no other tasks here."""

    def __init__(self, count: int = 0) -> None:
        self.count = count

    def start(self, effect: Effect, report: Report) -> None:
        if isinstance(effect, ReadItems):
            report(effect.id, Succeeded(list(range(self.count))))
        else:
            report(effect.id, Succeeded({"Bucket": "b", "Key": "manifest.json"}))

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None: ...

    def cancel(self, effect: Effect, reason: str) -> None: ...


def _finished(
    machine: Json, given: Any, kind: Any = "STANDARD", items: int = 0, name: str = "run"
) -> Execution:
    execution = virtual.run(virtual.spec(machine, given, kind=kind, name=name), Items(items))
    if execution.status != "SUCCEEDED":
        raise RuntimeError(f"{execution.status}: {execution.error}: {execution.cause}")
    return execution


def loop_per_second() -> float:
    """Return transitions per second of the loop, over several executions whose histories are kept."""
    machine = loop()
    begun = time.perf_counter()
    kept = [_finished(machine, {"n": CYCLES}, name=str(number)) for number in range(EXECUTIONS)]
    seconds = time.perf_counter() - begun
    return sum(event.type.endswith("Entered") for each in kept for event in each.history) / seconds


def map_per_second() -> float:
    """Return items per second of an inline Map; EXPRESS, because 10,000 are too many for a history."""
    begun = time.perf_counter()
    _finished(mapped(), list(range(ITEMS)), kind="EXPRESS")
    return ITEMS / (time.perf_counter() - begun)


def distributed() -> Json:
    """Return how many children a Distributed Map of 100,000 runs per second, and the memory they add."""
    gc.collect()
    idle, begun = _resident_mib(), time.perf_counter()
    _finished(mapped(distributed=True), {}, items=CHILDREN)
    return {"per_second": CHILDREN / (time.perf_counter() - begun), "mib": _resident_mib() - idle}


def waiting_at_once() -> Json:
    """Return what executions that wait cost: bytes each, as more come, and threads."""
    clock = VirtualClock()
    engine = Engine(clock, Items(), NoJournal())
    text, threads, sizes = json.dumps(waiting(10_000)), threading.active_count(), [_resident_mib()]
    for part in range(2):
        for number in range(part * WAITING // 2, (part + 1) * WAITING // 2):
            engine.start(virtual.spec(text, "{}", name=str(number)))
        while engine.busy:
            engine.work()
        gc.collect()
        sizes.append(_resident_mib())
    first, second = ((two - one) * 2**20 / (WAITING // 2) for one, two in pairwise(sizes))
    threads = threading.active_count() - threads
    begun = time.perf_counter()
    virtual.drive(engine, clock, Items(), lambda: bool(engine.executions))
    return {"first": first, "second": second, "threads": threads, "woken": time.perf_counter() - begun}


def others() -> dict[str, Callable[[], MiniStack | Moto]]:
    """Return the interpreters to compare with; says why one is left out."""
    found: dict[str, Callable[[], MiniStack | Moto]] = {"MiniStack": MiniStack}
    # Behind the project's own packages, which it shares; `make bench` installs it there.
    sys.path.extend(str(each) for each in Path(__file__).parents[1].glob(".venv-bench/lib/*/site-packages"))
    if importlib.util.find_spec("moto") and importlib.util.find_spec("antlr4"):
        found["moto"] = Moto
    else:
        print("moto is not compared with: it is not installed (python3 scripts/bootstrap.py --with bench).")
    return found


def _beside(name: str, make: Callable[[], MiniStack | Moto], ours: Json) -> dict[str, tuple[float, str, str]]:
    other = make()
    loops = (2 * other.cycles + 2) / other.run(loop(), {"n": other.cycles})
    items = OTHERS_ITEMS / other.run(mapped(), list(range(OTHERS_ITEMS)))
    each = other.threads_of_waiting(OTHERS_WAITING) / OTHERS_WAITING
    return {
        f"Choice loop, {name}": (loops, "1/s", "-"),
        f"Choice loop, times {name}": (ours["loop"] / loops, "times", "> 1"),
        f"inline Map, {name}": (items, "items/s", "-"),
        f"inline Map, times {name}": (ours["map"] / items, "times", "> 1"),
        f"threads of a waiting execution, {name}": (each, "threads", "-"),
    }


def _alone(function: str) -> Json:
    """Run a function in a process of its own, where no freed memory of another hides what it takes."""
    told = subprocess.run([sys.executable, __file__, function], check=True, capture_output=True, text=True)
    found: Json = json.loads(told.stdout)
    return found


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def run() -> Json:
    """Measure everything; return figures with their aims."""
    wait, children = _alone("waiting_at_once"), _alone("distributed")
    ours = {"loop": loop_per_second(), "map": map_per_second()}
    figures: dict[str, tuple[float, str, str]] = {
        "Choice loop": (ours["loop"], "1/s", ">= 20000"),
        f"inline Map of {ITEMS:,} Pass": (ours["map"], "items/s", "-"),
        f"Distributed Map of {CHILDREN:,}": (children["per_second"], "items/s", "-"),
        f"Distributed Map of {CHILDREN:,}, memory added": (children["mib"], "MiB", "-"),
        f"first {WAITING // 2:,} waiting": (wait["first"], "bytes each", "-"),
        f"next {WAITING // 2:,} waiting": (wait["second"], "bytes each", "no more"),
        f"threads of {WAITING:,} waiting": (wait["threads"], "threads", "0"),
        f"{WAITING:,} woken at once": (wait["woken"], "s", "-"),
    }
    for name, make in others().items():
        figures |= _beside(name, make, ours)
    keys = ("value", "unit", "aim")
    return {name: dict(zip(keys, figure, strict=True)) for name, figure in figures.items()}


if __name__ == "__main__":
    print(json.dumps(globals()[(sys.argv[1:] or ["run"])[0]](), indent=2))
