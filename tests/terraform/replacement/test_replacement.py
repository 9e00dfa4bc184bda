"""The page tells what the pinned provider plans, and the modules keep what they promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.terraform.module_plans import workspace
from tests.terraform.replacement.edits import CE, DEFINITION, QUEUE
from tests.terraform.replacement.page import COMMAND, FILE, page
from tests.terraform.replacement.plans import Measured, measure

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("replacement")]
_INSTANCES = ("EC2", "SPOT", "EKS")
_OFTEN = ("instance_types", "subnets", "launch_template", "tags")
_PROMISED = [
    *(
        (kind, edit)
        for kind in _INSTANCES
        for edit in ("instance_types", "subnets", "launch_template", "tags")
    ),
    *((kind, edit) for kind in ("FARGATE", "FARGATE_SPOT") for edit in ("subnets", "tags")),
    ("UNMANAGED", "tags"),
]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    with workspace(tmp_path_factory.mktemp("replacement")) as space:
        yield measure(space)


def change(measured: Measured, case: str) -> dict[str, Any]:
    return measured.promised[f'module.compute["{case}"].{CE}.this']


def outcomes(measured: Measured, resource: str, edit: str) -> dict[str, str]:
    found = {
        case.kind: case.outcome for case in measured.cases if (case.resource, case.edit) == (resource, edit)
    }
    assert found, f"no row {edit} of {resource}"
    return found


def test_the_page_is_what_is_measured(measured: Measured) -> None:
    assert FILE.read_text() == page(measured), f"docs/replacement.md is stale; renew it: {COMMAND}"


@pytest.mark.parametrize(("kind", "edit"), _PROMISED)
def test_an_environment_outlives_what_changes_often(measured: Measured, kind: str, edit: str) -> None:
    assert change(measured, f"{kind}/{edit}")["actions"] == ["update"]


def test_an_edit_of_the_instances_scripts_is_a_version_of_their_template(measured: Measured) -> None:
    template = measured.promised['module.compute["EC2/launch_template"].aws_launch_template.this[0]']
    assert template["actions"] == ["update"]
    [resources] = change(measured, "EC2/launch_template")["after_unknown"]["compute_resources"]
    assert resources["launch_template"] == [{"version": True}]


_REPLACED = ["EC2/placement_group", "EKS/namespace", "FARGATE/type", "FARGATE_SPOT/type"]


@pytest.mark.parametrize("case", _REPLACED)
def test_a_replacement_is_made_first_and_under_a_new_name(measured: Measured, case: str) -> None:
    found = change(measured, case)
    assert found["actions"] == ["create", "delete"]
    assert found["after"]["compute_environment_name_prefix"].endswith("-")
    assert found["after_unknown"]["compute_environment_name"] is True


@pytest.mark.parametrize("queue", ["replaced", "replaced-fargate"])
def test_the_queue_of_a_replaced_environment_moves_in_place(measured: Measured, queue: str) -> None:
    assert measured.promised[f'module.queue["{queue}"].{QUEUE}.this']["actions"] == ["update"]


@pytest.mark.parametrize("kind", ["EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "EKS", "UNMANAGED"])
def test_what_is_not_edited_plans_nothing(measured: Measured, kind: str) -> None:
    assert change(measured, f"{kind}/none")["actions"] == ["no-op"]


# Sources of what the page says beside the tables: if a provider no longer does this, its notes are wrong.
def test_a_recommended_strategy_is_replaced_by_the_provider_only(measured: Measured) -> None:
    """https://github.com/hashicorp/terraform-provider-aws/issues/38695"""
    found = outcomes(measured, CE, "`compute_resources.instance_type`")
    assert (found["SPOT"], found["SPOT/price"]) == ("in place", "replaced")


def test_the_type_of_fargate_looks_harmless_to_change(measured: Measured) -> None:
    """https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html"""
    found = outcomes(measured, CE, "`compute_resources.type` from on demand to Spot, or back")
    assert (found["FARGATE"], found["FARGATE_SPOT"]) == ("in place", "in place")


@pytest.mark.parametrize("edit", ["added", "removed"])
def test_a_fair_share_policy_looks_harmless_to_toggle(measured: Measured, edit: str) -> None:
    """https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html"""
    assert set(outcomes(measured, QUEUE, f"`scheduling_policy_arn` {edit}").values()) == {"in place"}


def test_another_number_of_retry_rules_ends_every_revision(measured: Measured) -> None:
    """https://github.com/hashicorp/terraform-provider-aws/pull/35149"""
    found = outcomes(measured, DEFINITION, "`retry_strategy.evaluate_on_exit` with one less")
    assert set(found.values()) == {"replaced"}


def test_revisions_are_told_where_the_provider_tells_any(measured: Measured) -> None:
    found = outcomes(measured, DEFINITION, "`timeout.attempt_duration_seconds`")
    assert found.pop("eks") == "new revision, untold"
    assert set(found.values()) == {"new revision"}


def test_spelling_out_what_batch_fills_in_is_no_change(measured: Measured) -> None:
    rows = [case for case in measured.cases if "spelt out" in case.edit]
    assert len(rows) == 6
    assert {case.outcome for case in rows} == {"nothing"}


def test_every_argument_of_the_provider_has_a_row(measured: Measured) -> None:
    assert measured.arguments - {(case.resource, case.edit) for case in measured.cases} == set()


def test_every_kind_is_measured(measured: Measured) -> None:
    kinds = {(case.resource, case.kind) for case in measured.cases}
    counts = {name: sum(resource == name for resource, _ in kinds) for name in (CE, QUEUE, DEFINITION)}
    assert counts == {CE: 9, QUEUE: 2, DEFINITION: 7}
