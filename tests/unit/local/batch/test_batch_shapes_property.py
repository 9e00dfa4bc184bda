"""Jobs of every shape side by side: whatever they do, all end, and nothing that they took is kept."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.local.batch.fakes import Client, FakeHost
from tests.unit.local.batch.shapes import NEEDS, after, several, shell, spread

from batchyard.local.batch import BatchEngine, EngineSettings

CAP = 6
CODES = {"good": 0, "bad": 1}


@dataclass(frozen=True)
class Plan:
    """A job: its shape, whether it goes well, how many nodes or children, and what happens to it."""

    shape: str
    image: str
    count: int
    attempts: int
    act: str | None


PLANS = st.builds(
    Plan,
    shape=st.sampled_from(["one", "several", "nodes"]),
    image=st.sampled_from(sorted(CODES)),
    count=st.integers(2, 4),
    attempts=st.integers(1, 3),
    act=st.sampled_from([None, None, "TerminateJob", "CancelJob", "reclaim"]),
)


def _define(client: Client) -> None:
    for image in CODES:
        client.definition(f"one-{image}", image=image)
        init = shell("", image="good", essential=False)
        main = shell("", image=image, dependsOn=after("init:SUCCESS"))
        several(
            client,
            name=f"several-{image}",
            init=init,
            main=main,
            side=shell("", image="slow", essential=False),
        )
        body = {"container": {"image": image, "resourceRequirements": NEEDS}}
        spread(client, 2, name=f"nodes-{image}", _0=body, _1_=body)


def _submit(client: Client, plan: Plan) -> str:
    more: dict[str, Any] = {"retryStrategy": {"attempts": plan.attempts}}
    if plan.shape == "nodes":
        more["nodeOverrides"] = {"numNodes": plan.count}
    elif plan.count > 2:
        more["arrayProperties"] = {"size": plan.count}
    job_id = client.submit(definition=f"{plan.shape}-{plan.image}", **more)
    if plan.act == "reclaim":
        client.engine.reclaim(client.scope, job_id)
    elif plan.act:
        client.call(plan.act, jobId=job_id, reason="enough")
    return job_id


def _used(engine: BatchEngine) -> list[float]:
    return list(engine._parts.scheduler.placement.used.values())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PLANS, min_size=1, max_size=8))
def test_jobs_of_every_shape_end_and_give_back_what_they_took(made: list[Plan]) -> None:
    host = FakeHost()
    with tempfile.TemporaryDirectory() as folder:
        chosen = EngineSettings(
            executor="simulated", seconds=0.001, seconds_by_image={"slow": 60}, exit_codes_by_image=CODES
        )
        engine = BatchEngine(Path(folder), host, chosen)
        engine.start()
        try:
            client = Client(engine)
            client.environment(maxvCpus=CAP)
            client.queue()
            _define(client)
            ids = [_submit(client, plan) for plan in made]
            jobs = [(plan, client.ended(each)) for plan, each in zip(made, ids, strict=True)]
            client.until(lambda: _used(engine), lambda used: all(each == 0 for each in used))
            for plan, job in jobs:
                _check(client, plan, job)
        finally:
            engine.stop()


def _check(client: Client, plan: Plan, job: dict[str, Any]) -> None:
    if plan.act is None:
        assert job["status"] == ("SUCCEEDED" if plan.image == "good" else "FAILED")
    if plan.shape != "nodes":
        return
    nodes = [client.job(f"{job['jobId']}#{number}") for number in range(plan.count)]
    assert all(node["status"] in ("SUCCEEDED", "FAILED") for node in nodes)
    assert nodes[0]["status"] == job["status"]
    assert job["attempts"] == nodes[0]["attempts"]
    if plan.act is None and plan.image == "bad":
        assert len(job["attempts"]) == plan.attempts
