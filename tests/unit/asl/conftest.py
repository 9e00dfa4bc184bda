"""What every test of the states language holds: no execution ends by an internal error."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_internal_error() -> Iterator[None]:
    told: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(handler.format(record))  # type: ignore[method-assign]
    logger = logging.getLogger("batchyard.asl")
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
    assert not told, "\n".join(told)
