"""In which order the containers of a task start and stop, and how the task ends, without any process.

Conditions: https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerDependency.html; essential:
https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerProperties.html; what they leave open:
https://github.com/aws/amazon-ecs-agent, agent/engine/dependencygraph/graph.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.local.batch.shapes import after

from batchyard.local.batch.launch import ESSENTIAL_EXITED, FAILED_TO_START, Outcome
from batchyard.local.batch.model import ContainerRun
from batchyard.local.batch.tasks import Task

SIDE = {"essential": False}


class Run:
    """A task of which a test says what happens, by the names of its containers."""

    def __init__(self, **containers: dict[str, Any]) -> None:
        self.names = list(containers)
        self.runs = [ContainerRun() for _ in containers]
        self.task = Task([{"name": name, **each} for name, each in containers.items()], self.runs)

    def ready(self) -> list[str]:
        return [self.names[number] for number in self.task.launch_ready(1)]

    def stopping(self, **more: bool) -> list[str]:
        return [self.names[number] for number in self.task.stop_ready(**more)]

    def start(self, *names: str) -> None:
        for name in names:
            self.run(name).started = 1

    def end(self, name: str, code: int | None = 0, reason: str | None = None) -> None:
        self.task.end(self.names.index(name), Outcome(code, reason), 2)

    def run(self, name: str) -> ContainerRun:
        return self.runs[self.names.index(name)]


def test_without_dependencies_all_start_at_once_and_only_once() -> None:
    run = Run(a={}, b=SIDE)
    assert run.ready() == ["a", "b"]
    assert run.ready() == []


@pytest.mark.parametrize(
    ("condition", "code", "starts"),
    [
        ("START", None, True),
        ("COMPLETE", None, False),
        ("COMPLETE", 3, True),
        ("SUCCESS", None, False),
        ("SUCCESS", 0, True),
        ("SUCCESS", 3, False),
    ],
)
def test_condition_is_met(condition: str, code: int | None, starts: bool) -> None:
    run = Run(first=SIDE, second={"dependsOn": after(f"first:{condition}")})
    assert run.ready() == ["first"]
    assert run.ready() == []
    run.start("first")
    if code is not None:
        run.end("first", code)
    assert run.ready() == (["second"] if starts else [])


def test_dependency_that_failed_ends_all_that_wait_for_its_success() -> None:
    run = Run(
        check=SIDE,
        load={"essential": False, "dependsOn": after("check:SUCCESS")},
        main={"dependsOn": after("load:START")},
    )
    assert run.ready() == ["check"]
    run.start("check")
    run.end("check", 3)
    assert run.ready() == []
    assert run.task.over
    assert run.run("load").exit_code == run.run("main").exit_code == 143
    assert "[check] for target [load] as dependency did not exit successfully" in str(run.run("load").reason)
    assert "[load] for target [main] because dependency will never start" in str(run.run("main").reason)
    assert run.task.outcome().status_reason == FAILED_TO_START


def test_nothing_starts_any_more_once_an_essential_container_never_will() -> None:
    run = Run(
        check=SIDE,
        late={"essential": False, "dependsOn": after("check:COMPLETE")},
        main={"dependsOn": after("check:SUCCESS")},
    )
    run.ready()
    run.start("check")
    run.end("check", 1)
    assert run.ready() == []
    assert run.task.over


def test_end_of_a_sidecar_changes_nothing() -> None:
    run = Run(main={}, sidecar=SIDE)
    run.ready()
    run.start("main", "sidecar")
    run.end("sidecar", 1)
    assert run.stopping() == []
    run.end("main", 0)
    assert run.task.over
    assert run.task.outcome() == Outcome(0, None, ESSENTIAL_EXITED)


def test_end_of_an_essential_container_stops_the_others_dependents_first() -> None:
    run = Run(
        store=SIDE,
        server={"essential": False, "dependsOn": after("store:START")},
        agent={"dependsOn": after("server:START")},
        log={"essential": False, "dependsOn": after("store:START")},
    )
    for name in ("store", "server", "agent", "log"):
        run.ready()
        run.start(name)
    assert run.stopping() == []
    run.end("agent", 0)
    assert run.stopping() == ["server", "log"]
    run.end("server", 143)
    assert run.stopping() == []
    run.end("log", 143)
    assert run.stopping() == ["store"]
    run.end("store", 137)
    assert run.task.over
    assert run.task.outcome().exit_code == 0


def test_lost_host_takes_all_at_once() -> None:
    run = Run(server=SIDE, agent={"dependsOn": after("server:START")})
    run.ready()
    run.start("server")
    run.ready()
    run.task.stopping = True
    assert run.stopping(all_at_once=True) == ["server", "agent"]


def test_what_waits_when_the_task_stops_never_starts() -> None:
    run = Run(main={}, init=SIDE, late={"essential": False, "dependsOn": after("init:COMPLETE")})
    run.ready()
    run.start("main", "init")
    run.end("main", 1)
    assert run.ready() == []
    assert run.run("late") == ContainerRun(stopped=1)
    assert run.stopping() == ["init"]


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ([("a", 0), ("b", 0)], 0),
        # Batch is told of no order by ECS, only of exit codes: every essential container has to exit with 0.
        ([("a", 0), ("b", 143)], 143),
        ([("b", 2), ("a", 143)], 2),
        ([("side", 9), ("a", 0), ("b", 0)], 0),
    ],
)
def test_exit_codes_of_essential_containers_decide(ends: Sequence[tuple[str, int]], code: int) -> None:
    run = Run(a={}, b={}, side=SIDE)
    run.ready()
    run.start("a", "b", "side")
    for name, each in ends:
        run.end(name, each)
    assert run.task.outcome().exit_code == code


def test_start_timeout_gives_up_on_those_that_wait_for_an_end() -> None:
    """startTimeout of https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerProperties.html."""
    run = Run(
        init=SIDE | {"startTimeout": 2},
        main={"dependsOn": after("init:SUCCESS")},
        side={"essential": False, "dependsOn": after("init:START")},
    )
    run.ready()
    run.start("init")
    assert run.ready() == ["side"]
    run.task.give_up_on(0, 3)
    assert run.run("main").exit_code == 143
    assert "[init] for target [main] has timed out" in str(run.run("main").reason)
    assert run.stopping() == ["side"] or run.stopping() == ["init"]


def test_reasons_are_cut_to_what_the_api_allows() -> None:
    """255: https://docs.aws.amazon.com/batch/latest/APIReference/API_AttemptTaskContainerDetails.html."""
    run = Run(a={})
    run.ready()
    run.end("a", None, "x" * 300)
    assert len(str(run.run("a").reason)) == 255


@st.composite
def tasks(draw: st.DrawFn) -> Run:
    """Draw tasks whose containers depend on earlier ones only: circles are never registered."""
    containers: dict[str, dict[str, Any]] = {}
    for number in range(draw(st.integers(1, 6))):
        essential = number == 0 or draw(st.booleans())
        depends = [
            f"{name}:{draw(st.sampled_from(['START', 'COMPLETE', 'SUCCESS']))}"
            for name in containers
            if draw(st.booleans())
        ]
        containers[f"c{number}"] = {"essential": essential, "dependsOn": after(*depends)}
    return Run(**containers)


@given(tasks(), st.data())
def test_every_task_ends_whatever_its_containers_do(run: Run, data: st.DataObject) -> None:
    running: set[str] = set()
    told: set[str] = set()
    for _ in range(40):
        launched = run.ready()
        assert not (set(launched) and run.task.stopping)
        running |= set(launched)
        run.start(*launched)
        stopping = run.stopping()
        for name in stopping:
            needs = [
                each for other, each in zip(run.names, run.task.containers, strict=True) if other in running
            ]
            assert all(name != d["containerName"] for each in needs for d in each["dependsOn"])
        told |= set(stopping)
        if run.task.over:
            break
        assert running, "nothing runs, and nothing can start"
        name = data.draw(st.sampled_from(sorted((told & running) or running)))
        run.end(name, data.draw(st.sampled_from([0, 1, 143])))
        running.discard(name)
    assert run.task.over
    codes = [
        each.exit_code for each, of in zip(run.runs, run.task.containers, strict=True) if of["essential"]
    ]
    assert (run.task.outcome().exit_code == 0) == all(code == 0 for code in codes)
