"""The initialised Terraform workspaces that the tests share: one of modules, one of the root."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.terraform.module_plans import Workspace, workspace
from tests.terraform.root_plans import Plans
from tests.terraform.root_project import RootProject, emulator


@pytest.fixture(scope="session")
def modules_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Return copies of all modules with an initialised provider; the project's tree stays as it is."""
    with workspace(tmp_path_factory.mktemp("modules")) as space:
        yield space


@pytest.fixture(scope="session")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plans]:
    """Return plans of the root module in a copy, against an emulated account."""
    with emulator(tmp_path_factory.mktemp("emulator")) as address:
        yield Plans(RootProject(tmp_path_factory.mktemp("root"), address))
