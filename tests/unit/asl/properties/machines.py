"""Random state machines that are well formed and come to an end, and a world of tasks that may fail.

States name only those that follow them, so every run ends; names are unique in the whole machine, so a
history can be read by them.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from batchyard.asl.engine import Clock, Stimulus
from batchyard.asl.engine.tasks import (
    Effect,
    Failed,
    Outcome,
    Report,
    Started,
    Submitted,
    Succeeded,
    TaskCall,
)

# What each has to be given, and the argument that is an expression.
RESOURCES: dict[str, tuple[dict[str, str], str]] = {
    "arn:aws:lambda:us-east-1:000000000000:function:f": ({}, "n"),
    "arn:aws:states:us-east-1:000000000000:activity:a": ({}, "n"),
    "arn:aws:states:::sns:publish": ({"TopicArn": "t"}, "Message"),
    "arn:aws:states:::batch:submitJob.sync": ({"JobDefinition": "d", "JobQueue": "q"}, "JobName"),
    "arn:aws:states:::sqs:sendMessage.waitForTaskToken": ({"QueueUrl": "q"}, "MessageBody"),
}
ERRORS = ("A", "B")
DATA = {"n": 3, "list": [1, 2], "flag": True}
Json = dict[str, Any]


class Maker:
    """Draws a machine."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.names = (f"S{number}" for number in itertools.count())

    def one_of(self, *values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def machine(self) -> Json:
        jsonata = self.draw(st.booleans())
        machine = self.scope(jsonata, depth=0)
        return {**machine, "QueryLanguage": "JSONata" if jsonata else "JSONPath"}

    def scope(self, jsonata: bool, depth: int) -> Json:
        names = [next(self.names) for _ in range(self.draw(st.integers(1, 4 - depth)))]
        states = {
            name: self.state(jsonata, depth, names[index + 1 :], index) for index, name in enumerate(names)
        }
        return {"StartAt": names[0], "States": _reachable(states, names[0])}

    def state(self, jsonata: bool, depth: int, following: list[str], index: int) -> Json:
        kinds = ["Pass", "Task", "Task", "Wait"] + ["Parallel", "Map"] * (depth < 2)
        kinds += ["Choice", "Choice"] if following else ["Succeed", "Fail"] * bool(index)
        kind = self.one_of(*kinds)
        state: Json = {"Type": kind, **getattr(self, kind.lower())(jsonata, depth, following)}
        if kind in ("Succeed", "Fail", "Choice"):
            return state
        if kind in ("Task", "Parallel", "Map"):
            state |= self.errors(jsonata, following)
        return {**state, "Next": self.one_of(*following)} if following else {**state, "End": True}

    def keeping(self, jsonata: bool, state: Json) -> Json:
        """Let a state's output be its input and one thing more, so that what follows finds its data."""
        if jsonata:
            return {**state, "Output": "{% $merge([$states.input, {'r': 1}]) %}"}
        return {**state, "ResultPath": self.one_of("$.r", None)}

    def errors(self, jsonata: bool, following: list[str]) -> Json:
        found: Json = {}
        if self.draw(st.booleans()):
            retrier: Json = {"ErrorEquals": [self.one_of("States.ALL", "A", "States.TaskFailed")]}
            retrier |= {"MaxAttempts": self.draw(st.integers(0, 2)), "BackoffRate": self.one_of(1.0, 1.5)}
            found["Retry"] = [
                {**retrier, **self.one_of({}, {"JitterStrategy": "FULL", "MaxDelaySeconds": 2})}
            ]
        if following and self.draw(st.booleans()):
            kept = {"Output": "{% $states.input %}"} if jsonata else {"ResultPath": "$.error"}
            error = self.one_of("States.ALL", "B", "States.Timeout")
            found["Catch"] = [{"ErrorEquals": [error], "Next": self.one_of(*following), **kept}]
        return found

    def pass_(self, jsonata: bool, *_: Any) -> Json:
        assigned: Json = {"Assign": {"v": "{% $states.input.n %}"}} if jsonata else {"Assign": {"v.$": "$.n"}}
        more: Json = self.one_of({}, assigned, {} if jsonata else {"Result": 1, "ResultPath": "$.r"})
        return self.keeping(True, more) if jsonata else more

    def task(self, jsonata: bool, *_: Any) -> Json:
        resource = self.one_of(*RESOURCES)
        fixed, name = RESOURCES[resource]
        arguments = (
            {**fixed, name: "{% $string($states.input.n) %}"} if jsonata else {**fixed, f"{name}.$": "$.n"}
        )
        task = {
            "Resource": resource,
            "TimeoutSeconds": 20,
            "Arguments" if jsonata else "Parameters": arguments,
        }
        return self.keeping(jsonata, task)

    def wait(self, *_: Any) -> Json:
        return {"Seconds": self.draw(st.integers(0, 3))}

    def succeed(self, *_: Any) -> Json:
        return {}

    def fail(self, *_: Any) -> Json:
        return {"Error": self.one_of(*ERRORS), "Cause": "as drawn"}

    def choice(self, jsonata: bool, depth: int, following: list[str]) -> Json:
        limit = self.draw(st.integers(0, 5))
        holds: Json = {"Variable": "$.n", "NumericLessThan": limit}
        if jsonata:
            holds = {"Condition": "{% $states.input.n < " + str(limit) + " %}"}
        rule = {**holds, "Next": self.one_of(*following)}
        return {"Choices": [rule], **self.one_of({"Default": following[-1]}, {"Default": following[0]})}

    def parallel(self, jsonata: bool, depth: int, _: Any) -> Json:
        branches = [self.scope(jsonata, depth + 1) for _ in range(self.draw(st.integers(1, 2)))]
        return self.keeping(jsonata, {"Branches": branches})

    def map(self, jsonata: bool, depth: int, _: Any) -> Json:
        state: Json = {
            "ItemProcessor": self.scope(jsonata, depth + 1),
            "MaxConcurrency": self.one_of(0, 1, 2),
        }
        if jsonata:
            item = {"n": "{% $states.context.Map.Item.Value %}", "list": [1, 2], "flag": True}
            return self.keeping(True, {**state, "Items": "{% $states.input.list %}", "ItemSelector": item})
        item = {"n.$": "$$.Map.Item.Value", "list": [1, 2], "flag": True}
        return self.keeping(False, {**state, "ItemsPath": "$.list", "ItemSelector": item})


def _reachable(states: Json, start: str) -> Json:
    """Return the states that a run may come to: the service takes no others."""
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            state = states[name]
            targets = [state, *state.get("Choices", []), *state.get("Catch", [])]
            waiting += [each["Next"] for each in targets if "Next" in each]
            if "Default" in state:
                waiting.append(state["Default"])
    return {name: state for name, state in states.items() if name in found}


setattr(Maker, "pass", Maker.pass_)


@st.composite
def machines(draw: Any) -> Json:
    """Return machines of all types of states, in one query language."""
    return Maker(draw).machine()


class World:
    """Tasks that succeed, fail or never end, as a number and their id decide; it outlives the engine.

    Args:
        seed: decides what becomes of each task.
        clock: the one that its engine has.
    """

    def __init__(self, seed: int, clock: Clock) -> None:
        self.seed, self.clock = seed, clock
        self.fates: dict[str, list[tuple[float, Outcome]]] = {}
        self.started: list[str] = []
        self.told: dict[str, list[Outcome]] = {}
        self.due: list[tuple[float, int, Report, str, Outcome]] = []
        self._count = itertools.count()

    def start(self, effect: Effect, report: Report) -> None:
        self.started.append(effect.id)
        self.fates[effect.id] = _fate(self.seed, effect, self.clock.now())
        self._send(effect, report, self.fates[effect.id])

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:
        fate = self.fates.setdefault(effect.id, _fate(self.seed, effect, self.clock.now()))
        told = self.told.get(effect.id, [])
        self._send(effect, report, [each for each in fate if each[1] not in told])

    def after(self, clock: Clock, happened: Iterable[Stimulus]) -> None:
        """Go on after a restart: with a new clock, and having told what the journal holds."""
        self.clock, self.due, self.told = clock, [], {}
        for stimulus in happened:
            if stimulus.kind == "told":
                self.told.setdefault(stimulus.data["id"], []).append(stimulus.data["outcome"])

    def cancel(self, effect: Effect, reason: str) -> None:
        self.due = [each for each in self.due if each[3] != effect.id]
        heapq.heapify(self.due)

    def next_due(self) -> float | None:
        return self.due[0][0] if self.due else None

    def advance(self, now: float) -> None:
        while self.due and self.due[0][0] <= now:
            _, _, report, effect, outcome = heapq.heappop(self.due)
            report(effect, outcome)

    def _send(self, effect: Effect, report: Report, fate: list[tuple[float, Outcome]]) -> None:
        for when, outcome in fate:
            heapq.heappush(self.due, (when, next(self._count), report, effect.id, outcome))


def _fate(seed: int, effect: Effect, now: float) -> list[tuple[float, Outcome]]:
    """Return what comes when; a fraction of seconds of their own keeps tasks from ending together."""
    digest = hashlib.sha256(f"{seed} {effect.id}".encode()).digest()
    times = [now + 0.001 + each / 1000 for each in digest[:3]]
    when, middle, late = times[0], times[0] + 0.3, times[0] + 0.6
    assert isinstance(effect, TaskCall)
    found: list[tuple[float, Outcome]] = []
    if effect.call.kind == "activity":
        found.append((when, Started("worker")))
    elif effect.call.pattern != "request":
        found.append((when, Submitted({"id": 1})))
    choice = digest[3] % 10
    if choice < 7:
        found.append(
            (late if choice % 2 else middle, Succeeded({"n": digest[4], "list": [1], "flag": False}))
        )
    elif choice < 9:
        found.append((middle, Failed(ERRORS[choice % 2], "as drawn")))
    return found
