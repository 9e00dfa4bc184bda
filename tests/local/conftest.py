"""Local environments for the tests: one for all that only use it, a fresh one for those that stop it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.local.clients import Clients
from tests.stack import Stack

from batchyard.local import control, ports
from batchyard.local.record import Server

# Jobs of the tests are commands of this machine: `image: host` runs its command as it stands.
SETTINGS = {"image_map": {"host": {"host": True}}}
_NAME = "BATCHYARD_LOCAL_DIR"


def free_port() -> int:
    """Return a port that stays free while an environment on it restarts."""
    return ports._any()


def prepare(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.json").write_text(json.dumps(SETTINGS))
    return folder


@pytest.fixture(scope="session")
def local_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running local environment in a folder of its own, named by BATCHYARD_LOCAL_DIR meanwhile."""
    before = os.environ.get(_NAME)
    os.environ[_NAME] = str(prepare(tmp_path_factory.mktemp("local")))
    try:
        yield control.up(port=free_port())
    finally:
        control.down()
        os.environ.pop(_NAME)
        if before is not None:
            os.environ[_NAME] = before


@pytest.fixture(scope="session")
def aws(local_server: Server) -> Clients:
    """Return clients of the shared local environment."""
    return Clients(local_server.endpoint)


@pytest.fixture
def local_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of a local environment that is not running yet; whatever runs in it is stopped."""
    folder = prepare(tmp_path / "local")
    monkeypatch.setenv(_NAME, str(folder))
    yield folder
    control.down()


@pytest.fixture
def start(local_folder: Path) -> Callable[..., Clients]:
    """Return a function that starts the test's own local environment and gives its clients."""

    def started(**settings: Any) -> Clients:
        return Clients(control.up(**{"port": None, **settings}).endpoint)

    return started


@pytest.fixture(scope="module")
def enforcing(stack: Stack) -> Iterator[Stack]:
    """Return the applied stack while it holds functions, jobs and state machines to their roles."""
    if not stack.is_local:
        pytest.skip("AWS enforces IAM always, and its policies are not for tests to change")
    stack.cli("local", "up", "--enforce-iam").checked()
    yield stack
    stack.cli("local", "up", "--no-enforce-iam").checked()
