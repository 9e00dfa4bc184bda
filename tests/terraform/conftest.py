"""The one initialised Terraform workspace that the module tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.terraform.module_plans import Workspace, workspace


@pytest.fixture(scope="session")
def modules_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Return copies of all modules with an initialised provider; the project's tree stays as it is."""
    with workspace(tmp_path_factory.mktemp("modules")) as space:
        yield space
