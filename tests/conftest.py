"""Fixtures that every test may use; those of the local environment start it once per test session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.stack import Stack

ROOT = Path(__file__).resolve().parents[1]

# The same examples every time and no deadline, for a busy machine is no fault; `--hypothesis-profile=explore`
# looks for new ones.
settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")


@pytest.fixture(scope="session")
def project_root() -> Path:
    """Return the project's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real sequencing data, or skip where there is none."""
    folder = Path(os.environ.get("BATCHYARD_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real sequencing data at {folder}; set BATCHYARD_SHARED_DATA to run this")
    return folder


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return an applied copy of the project: on this machine, or in BATCHYARD_TEST_ENV as it stands."""
    kept = os.environ.get("BATCHYARD_TEST_KEEP")
    folder = Path(kept).resolve() if kept else tmp_path_factory.mktemp("stack")
    stack = Stack(ROOT, folder, os.environ.get("BATCHYARD_TEST_ENV", "local"))
    try:
        stack.up()
        yield stack
    finally:
        if not kept:
            stack.down()
