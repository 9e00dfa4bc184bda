"""The project's own workflows, as every environment deploys them, have nothing to find in them."""

from __future__ import annotations

import pytest

from batchyard.environments import available, load
from batchyard.lint import lint_bundle
from batchyard.render.bundles import all_rendered


@pytest.mark.parametrize("environment", available())
def test_rendered_workflows_are_clean(environment: str) -> None:
    rendered = list(all_rendered(load(environment)))
    assert rendered
    for each in rendered:
        assert [finding.line() for finding in lint_bundle(each.bundle, each.definition)] == []
