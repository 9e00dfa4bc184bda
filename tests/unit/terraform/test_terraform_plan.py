from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from tests.unit.cli_fixtures import FakeTerraform
from tests.unit.terraform.plan_documents import MIXED, change, plan

from batchyard.environments import Environment
from batchyard.errors import BatchyardError
from batchyard.terraform import apply, destroy, plan_destroy
from batchyard.terraform import plan as make_plan
from batchyard.terraform.diagnostics import remedy

DONE = {
    "type": "apply_complete",
    "hook": {"resource": {"addr": "aws_sqs_queue.q"}, "action": "create", "elapsed_seconds": 2},
}
ONE = plan(change("aws_sqs_queue.q", "create"))


def error(summary: str, detail: str = "") -> dict[str, object]:
    at = {"filename": "main.tf", "start": {"line": 7}}
    return {
        "type": "diagnostic",
        "diagnostic": {"severity": "error", "summary": summary, "detail": detail, "range": at},
    }


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_plan_is_saved_for_its_owner_only(
    dev: Environment, project: Path, terraform: FakeTerraform
) -> None:
    terraform.plans(MIXED)
    result = make_plan(dev)
    assert result.path == project / "build/dev/plan.tfplan"
    assert json.loads(result.document.read_text()) == MIXED
    assert [mode(path) for path in (result.path, result.document)] == [0o600, 0o600]
    assert sorted(path.name for path in result.path.parent.iterdir() if path.name.startswith(".")) == []
    [arguments] = terraform.called("plan")
    assert {"-json", "-input=false", "-detailed-exitcode", "-lock-timeout=20s"} <= set(arguments)
    assert f"-var-file={project}/terraform/environments/dev.tfvars" in arguments


@pytest.mark.parametrize("code", [0, 2])
def test_a_plan_without_changes_is_a_plan(dev: Environment, terraform: FakeTerraform, code: int) -> None:
    terraform.plans(plan(), code=code)
    assert make_plan(dev).summary.empty


def test_a_failed_plan_says_what_where_and_what_to_do(
    dev: Environment, project: Path, terraform: FakeTerraform
) -> None:
    terraform.plans(ONE)
    make_plan(dev)
    terraform.streams("plan", error("Error acquiring the state lock", "ID: 42\n  held"), code=1)
    with pytest.raises(BatchyardError) as caught:
        make_plan(dev)
    assert caught.value.sentence().splitlines() == [
        "terraform/main.tf:7: terraform plan failed: Error acquiring the state lock: ID: 42 held",
        f"  {remedy('Error acquiring the state lock')}",
    ]
    assert not (project / "build/dev/plan.tfplan").exists(), "the plan of before must not be applied any more"


def test_a_fault_of_the_tfvars_file_is_placed_in_the_project(
    dev: Environment, project: Path, terraform: FakeTerraform
) -> None:
    told = error("Invalid value for variable", "no")
    told["diagnostic"]["range"]["filename"] = f"{project}/terraform/environments/dev.tfvars"
    terraform.streams("plan", told, code=1)
    with pytest.raises(BatchyardError, match=r"^terraform/environments/dev\.tfvars:7: "):
        make_plan(dev)


def test_plugins_that_went_missing_are_installed_the_next_time(
    dev: Environment, terraform: FakeTerraform
) -> None:
    terraform.streams("plan", error("Inconsistent dependency lock file"), code=1)
    with pytest.raises(BatchyardError, match="run it again"):
        make_plan(dev)
    terraform.plans(ONE)
    make_plan(dev)
    assert len(terraform.called("init")) == 2


def test_planning_without_a_bundle_is_refused(
    dev: Environment, project: Path, terraform: FakeTerraform
) -> None:
    (project / "build/dev/exome.bundle.json").unlink()
    with pytest.raises(
        BatchyardError, match="not rendered: exome\n  render first: batchyard render --env dev"
    ):
        make_plan(dev)
    assert terraform.calls == []


def test_apply_takes_the_saved_plan_and_nothing_else(
    dev: Environment, project: Path, terraform: FakeTerraform
) -> None:
    terraform.plans(ONE)
    make_plan(dev)
    terraform.streams("apply", DONE)
    lines: list[str] = []
    assert apply(dev, report=lambda step: lines.append(step.line())).past() == "1 created"
    assert lines == ["[1/1] aws_sqs_queue.q created in 2 s"]
    [arguments] = terraform.called("apply")
    assert arguments[-1] == str(project / "build/dev/plan.tfplan")
    assert not [argument for argument in arguments if "auto-approve" in argument or "var" in argument]


def test_a_plan_is_applied_once(dev: Environment, terraform: FakeTerraform) -> None:
    terraform.plans(ONE)
    make_plan(dev)
    apply(dev)
    with pytest.raises(BatchyardError, match="there is no saved plan"):
        apply(dev)
    assert len(terraform.called("apply")) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("build/dev/exome.bundle.json", "the plan is older than build/dev/exome.bundle.json"),
        ("terraform/environments/dev.tfvars", "the plan is older than terraform/environments/dev.tfvars"),
        ("modules/queue/main.tf", "the plan is older than modules/queue/main.tf"),
        ("build/dev/plan.tfplan", "the plan file is not the one that was planned"),
    ],
)
def test_a_plan_that_is_out_of_date_is_refused(
    dev: Environment, project: Path, terraform: FakeTerraform, changed: str, said: str
) -> None:
    terraform.plans(ONE)
    make_plan(dev)
    (project / changed).write_text((project / changed).read_text() + "\n")
    with pytest.raises(BatchyardError, match=f"{said}\n  plan again: batchyard plan --env dev"):
        apply(dev)
    assert terraform.called("apply") == []


def test_a_plan_for_another_state_is_refused_by_terraform(dev: Environment, terraform: FakeTerraform) -> None:
    terraform.plans(ONE)
    make_plan(dev)
    terraform.streams("apply", error("Saved plan is stale"), code=1)
    with pytest.raises(BatchyardError, match="Saved plan is stale\n  something was applied since"):
        apply(dev)


_KEPT = "Delete{}, StatusCode: 400, ClientException: Cannot delete, found existing JobQueue"


def test_a_policy_that_its_queue_keeps_is_told_from_an_environment_in_use(
    dev: Environment, terraform: FakeTerraform
) -> None:
    """https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html (schedulingPolicyArn)"""
    arn = "arn:aws:batch:eu-west-1:111122223333:scheduling-policy/batchyard-dev-high"
    kept = f"{_KEPT.format('SchedulingPolicy')} relationship"
    terraform.plans(ONE)
    make_plan(dev)
    terraform.streams("apply", error(f"deleting Batch Scheduling Policy ({arn}): {kept}"), code=1)
    with pytest.raises(BatchyardError, match="queue batchyard-dev-high uses the policy") as caught:
        apply(dev)
    assert "this can never work" in caught.value.fix
    assert "fair_share again" in caught.value.fix
    assert "apply again" not in caught.value.fix


def test_an_environment_that_a_queue_still_uses_may_be_free_soon() -> None:
    found = f"deleting Batch Compute Environment (batchyard-dev-spot-1): {_KEPT.format('ComputeEnvironment')}"
    assert "apply again" in remedy(f"{found} relationship")


@pytest.mark.parametrize(
    ("before", "after", "unknown", "said"),
    [
        ("arn:old", None, {}, "takes no scheduling policy from a queue"),
        ("", None, {"scheduling_policy_arn": True}, "gives no scheduling policy to a queue"),
        ("arn:old", "arn:new", {}, ""),
        ("arn:old", None, {"scheduling_policy_arn": True}, ""),
        ("", None, {}, ""),
    ],
)
def test_a_plan_says_what_batch_will_refuse(
    dev: Environment,
    terraform: FakeTerraform,
    before: str,
    after: str | None,
    unknown: dict[str, bool],
    said: str,
) -> None:
    """https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html (schedulingPolicyArn)"""
    old, new = ({"name": "batchyard-dev-high", "scheduling_policy_arn": arn} for arn in (before, after))
    address = 'module.queue["high"].aws_batch_job_queue.this'
    changed = change(address, "update", before=old, after=new, after_unknown=unknown)
    terraform.plans(plan({**changed, "type": "aws_batch_job_queue"}))
    warnings = make_plan(dev).warnings
    assert [said in each and "queue batchyard-dev-high" in each for each in warnings] == [True] * bool(said)


def test_text_that_is_no_stream_is_told_too(dev: Environment, terraform: FakeTerraform) -> None:
    terraform.plans(ONE)
    make_plan(dev)
    terraform.answers("apply", out="Error: Failed to load plugin schemas\n", code=1)
    with pytest.raises(BatchyardError, match="terraform apply failed: Error: Failed to load plugin schemas"):
        apply(dev)


def test_destroy_applies_a_destroy_plan_and_leaves_the_other_alone(
    dev: Environment, project: Path, terraform: FakeTerraform
) -> None:
    terraform.plans(ONE)
    make_plan(dev)
    terraform.plans(plan(change("aws_sqs_queue.q", "delete")))
    plan_destroy(dev)
    assert "-destroy" in terraform.called("plan")[-1]
    assert destroy(dev).past() == "1 destroyed"
    assert terraform.called("apply")[-1][-1].endswith("destroy.tfplan")
    assert (project / "build/dev/plan.tfplan").exists()


def test_terraform_writes_files_that_only_their_owner_reads(
    dev: Environment, terraform: FakeTerraform
) -> None:
    terraform.plans(ONE)
    make_plan(dev)
    assert (terraform.folder / "umask").read_text().strip() == "0077"
