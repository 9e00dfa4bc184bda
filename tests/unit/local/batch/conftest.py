"""Engines for the tests: stopped when the test ends, with nothing left running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.batch.fakes import SCOPE, Client, FakeHost

from batchyard.local.batch import BatchEngine, EngineSettings

MakeClient = Callable[..., Client]


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.fixture
def make(tmp_path: Path, host: FakeHost) -> Iterator[MakeClient]:
    """Return a maker of clients, each of an engine with the given settings on the same state."""
    engines: list[BatchEngine] = []

    def build(**settings: Any) -> Client:
        for engine in engines:
            engine.stop()
        engines.append(BatchEngine(tmp_path / "state", host, EngineSettings(**settings)))
        engines[-1].start()
        return Client(engines[-1])

    yield build
    status, body = engines[-1].handle(SCOPE, "POST", "/v1/describejobs", {"jobs": []})
    for engine in engines:
        engine.stop()
    assert status == 200, body


@pytest.fixture
def client(make: MakeClient) -> Client:
    """Return a client of an engine that simulates jobs of no duration, with one queue."""
    client = make(executor="simulated")
    client.environment()
    client.queue()
    client.definition()
    return client


@pytest.fixture
def processes(make: MakeClient) -> Client:
    """Return a client of an engine that runs commands on this machine, with one queue."""
    client = make(image_map={"host": {"host": True}}, kill_after_seconds=0.3, time_scale=0.005)
    client.environment()
    client.queue()
    return client
