"""A client of a service of its own for each test."""

from __future__ import annotations

import pytest
from tests.unit.local.states.resource_client import Client, Service


@pytest.fixture
def client() -> Client:
    return Client(Service())
