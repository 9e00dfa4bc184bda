"""Fixtures of a small project."""

from tests.unit.cli_fixtures import dev, project, stubs, terraform

__all__ = ["dev", "project", "stubs", "terraform"]
