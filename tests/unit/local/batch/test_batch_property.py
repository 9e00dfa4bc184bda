"""Invariants of the scheduler over random job graphs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.local.batch.fakes import Client, FakeHost

from batchyard.local.batch import BatchEngine, EngineSettings

CAP = 4
QUEUES = {"high": 10, "low": 1}


@dataclass(frozen=True)
class Plan:
    """A job to submit: what it asks for and the earlier jobs that it waits for."""

    queue: str
    vcpus: int
    good: bool
    size: int | None
    sequential: bool
    after: frozenset[int]


@st.composite
def plans(draw: st.DrawFn) -> list[Plan]:
    made: list[Plan] = []
    for number in range(draw(st.integers(1, 10))):
        size = draw(st.sampled_from([None, None, 2, 3]))
        made.append(
            Plan(
                queue=draw(st.sampled_from(sorted(QUEUES))),
                vcpus=draw(st.integers(1, CAP)),
                good=draw(st.integers(0, 5)) > 0,
                size=size,
                sequential=size is not None and draw(st.booleans()),
                after=draw(st.frozensets(st.integers(0, number - 1), max_size=3)) if number else frozenset(),
            )
        )
    return made


class Watcher(FakeHost):
    """A host that takes down which statuses came in which order."""

    def changes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for kind, _, detail in self.events:
            if kind == "Batch Job State Change":
                yield detail["status"], detail


@contextmanager
def _client(host: FakeHost) -> Iterator[Client]:
    with tempfile.TemporaryDirectory() as folder:
        chosen = EngineSettings(executor="simulated", seconds=0.001, exit_codes_by_image={"bad": 1})
        engine = BatchEngine(Path(folder), host, chosen)
        engine.start()
        client = Client(engine)
        client.environment(maxvCpus=CAP)
        for name, priority in QUEUES.items():
            client.queue(name, priority=priority)
        client.definition("good", image="good")
        client.definition("bad", image="bad")
        try:
            yield client
        finally:
            engine.stop()


def _submit(client: Client, plan: Plan, ids: list[str]) -> str:
    depends: list[dict[str, str]] = [{"jobId": ids[each]} for each in sorted(plan.after)]
    if plan.sequential:
        depends.append({"type": "SEQUENTIAL"})
    return client.submit(
        queue=plan.queue,
        definition="good" if plan.good else "bad",
        containerOverrides={"vcpus": plan.vcpus},
        dependsOn=depends,
        **({"arrayProperties": {"size": plan.size}} if plan.size else {}),
    )


def _asked(detail: dict[str, Any]) -> int:
    (vcpus,) = [r["value"] for r in detail["container"]["resourceRequirements"] if r["type"] == "VCPU"]
    return int(vcpus)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans())
def test_graphs_end_within_the_cap_and_in_order(graph: list[Plan]) -> None:
    host = Watcher()
    with _client(host) as client:
        ids: list[str] = []
        for plan in graph:
            ids.append(_submit(client, plan, ids))
        ended = [client.ended(job_id) for job_id in ids]
    _check_outcomes(graph, ended)
    _check_order(graph, ids, host)
    _check_cap_and_priority(host)


def _check_outcomes(graph: list[Plan], ended: list[dict[str, Any]]) -> None:
    for plan, job in zip(graph, ended, strict=True):
        broken = any(ended[each]["status"] == "FAILED" for each in plan.after)
        assert job["status"] == ("SUCCEEDED" if plan.good and not broken else "FAILED")
        if broken:
            assert job["statusReason"] == "Dependent Job failed"
            assert not job["attempts"]


def _check_order(graph: list[Plan], ids: list[str], host: Watcher) -> None:
    """No job, and no child of one, starts before what it waits for has succeeded."""
    events = [(detail["jobId"], status) for status, detail in host.changes()]
    for plan, job_id in zip(graph, ids, strict=True):
        starts = [
            at for at, (id_, status) in enumerate(events)
            if status == "STARTING" and id_.partition(":")[0] == job_id
        ]  # fmt: skip
        for each in plan.after if starts else ():
            assert events.index((ids[each], "SUCCEEDED")) < min(starts)
        if plan.sequential and plan.good and starts:
            order = [id_ for id_, status in events if id_.startswith(f"{job_id}:") and status == "STARTING"]
            assert order == [f"{job_id}:{index}" for index in range(plan.size or 0)]


def _check_cap_and_priority(host: Watcher) -> None:
    """At every event the vCPUs on hosts keep the cap, and no start passes a job of higher rank."""
    on_host: dict[str, int] = {}
    runnable: dict[str, int] = {}
    for status, detail in host.changes():
        job_id, priority = detail["jobId"], QUEUES[detail["jobQueue"].rpartition("/")[2]]
        if status == "RUNNABLE":
            runnable[job_id] = priority
        elif runnable.pop(job_id, None) is not None and status == "STARTING":
            assert priority >= max(runnable.values(), default=0), "a job of lower priority went first"
        if status == "STARTING":
            on_host[job_id] = _asked(detail)
        elif status in ("SUCCEEDED", "FAILED"):
            on_host.pop(job_id, None)
        assert sum(on_host.values()) <= CAP
