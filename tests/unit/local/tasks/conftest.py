"""A task runner among fakes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.unit.local.tasks.fakes import Environment


@pytest.fixture
def env() -> Iterator[Environment]:
    """Return a runner among fakes; its threads end with the test."""
    environment = Environment()
    yield environment
    environment.runner.close()
