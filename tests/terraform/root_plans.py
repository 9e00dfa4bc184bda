"""Plans of the root module's environments, made once, with two workflows of its own."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.terraform.root_project import RootProject

ACCOUNTS = {"local": "000000000000", "dev": "111122223333"}
# What an environment deploys changes with every new workflow; these tests are about the root module.
_WORKFLOWS = {
    "local": '-var=workflows={ exome = {}, "exome-poll" = { folder = "exome", wait = "poll" } }',
    "dev": "-var=workflows={ exome = {} }",
}


class Plans:
    """The project with bundles for both environments, and each environment's plan, made once."""

    def __init__(self, project: RootProject) -> None:
        self.project = project
        project.bundle("local", ACCOUNTS["local"], "us-east-1")
        project.bundle("local", ACCOUNTS["local"], "us-east-1", "exome-poll")
        project.bundle("local", ACCOUNTS["local"], "us-east-1", "removed")
        project.bundle("dev", ACCOUNTS["dev"], "eu-west-1")

    @cache  # noqa: B019 - lives as long as the session
    def of(self, environment: str, *arguments: str) -> dict[str, Any]:
        """Return an environment's plan, with variables that differ from its data."""
        return self.project.plan(environment, ACCOUNTS[environment], _WORKFLOWS[environment], *arguments)

    def changes(self, environment: str, *arguments: str) -> dict[str, dict[str, Any]]:
        """Return what a plan does with each resource, by address."""
        changed = self.of(environment, *arguments)["resource_changes"]
        return {item["address"]: item["change"] for item in changed}

    def after(self, environment: str, address: str, *arguments: str) -> dict[str, Any]:
        """Return the planned values of one resource."""
        return dict(self.changes(environment, *arguments)[address]["after"])

    def refused(self, environment: str, *arguments: str, account: str | None = None) -> str:
        """Return what is said about a plan that must fail."""
        with pytest.raises(RuntimeError) as caught:
            self.project.plan(
                environment, account or ACCOUNTS[environment], _WORKFLOWS[environment], *arguments
            )
        return str(caught.value)
