from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.unit.cli_fixtures import FakeTerraform
from tests.unit.terraform.plan_documents import change, plan

from batchyard.__main__ import main
from batchyard.render.writing import render

SOURCE = Path(__file__).resolve().parents[3] / "scripts"
TWO = plan(change("aws_sqs_queue.old", "delete"), change("aws_sqs_queue.new", "create"))


MANIFEST = """
name: exome
description: Says hello.
functions: [hello]
"""
FUNCTION = """
description: Says hello.
handler: handler.handler
runtime: python3.12
"""
MACHINE = """
StartAt: Greet
States:
  Greet:
    Type: Pass
    Next: Done
  Done:
    Type: Succeed
"""


@pytest.fixture(autouse=True)
def workflow(project: Path) -> Path:
    """Return the folder of a workflow that is rendered from it."""
    folder = project / "templates/workflows/exome"
    (folder / "workflow.yaml").write_text(MANIFEST)
    (folder / "state-machine.asl.yaml.j2").write_text(MACHINE)
    (folder / "input.schema.json").write_text('{"type": "object"}')
    function = project / "functions/hello"
    function.mkdir(parents=True)
    (function / "function.yaml").write_text(FUNCTION)
    (function / "handler.py").write_text("def handler(event, context):\n    return event\n")
    render("dev")
    return folder


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def done(address: str, action: str) -> dict[str, object]:
    hook = {"resource": {"addr": address}, "action": action, "elapsed_seconds": 1}
    return {"type": "apply_complete", "hook": hook}


APPLIED = (done("aws_sqs_queue.old", "delete"), done("aws_sqs_queue.new", "create"))


def test_plan_gate_apply_as_people_see_them(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = (
        "1 to destroy, 0 to replace, 1 to create, 0 to update\n"
        "  - destroy  aws_sqs_queue.old\n"
        "  + create   aws_sqs_queue.new\n"
    )
    terraform.plans(TWO)
    terraform.streams("apply", *APPLIED)
    assert main(["plan", "--env", "dev"]) == 0
    assert capsys.readouterr() == (f"{summary}saved: {project}/build/dev/plan.tfplan\n", "")
    assert main(["gate", "--env", "dev"]) == 0
    assert capsys.readouterr() == (summary, "")
    assert main(["apply", "--env", "dev"]) == 0
    assert capsys.readouterr() == (
        "applied: 1 destroyed, 1 created\n",
        "[1/2] aws_sqs_queue.old destroyed in 1 s\n[2/2] aws_sqs_queue.new created in 1 s\n",
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_gate_says_first_that_a_plan_is_out_of_date(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    terraform.plans(TWO)
    assert main(["plan", "--env", "dev"]) == 0
    tfvars = project / "terraform/environments/dev.tfvars"
    tfvars.write_text(tfvars.read_text() + "\n")
    capsys.readouterr()
    assert main(["gate", "--env", "dev", "--output", form]) == 0
    printed = capsys.readouterr()
    assert printed.err == (
        "stale: the plan is older than terraform/environments/dev.tfvars; apply will refuse it, "
        "so plan again: batchyard plan --env dev\n"
    )
    assert "aws_sqs_queue.old" in printed.out


@pytest.mark.parametrize(("count", "told"), [(10, True), (11, False)])
def test_plan_leaves_many_changes_to_the_gate(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str], count: int, told: bool
) -> None:
    terraform.plans(plan(*(change(f"aws_sqs_queue.q{at:02}", "create") for at in range(count))))
    counts = f"0 to destroy, 0 to replace, {count} to create, 0 to update"
    listed = [f"  + create   aws_sqs_queue.q{at:02}" for at in range(count)]
    saved = f"saved: {project}/build/dev/plan.tfplan"
    assert main(["plan", "--env", "dev"]) == 0
    assert capsys.readouterr().out.splitlines() == (
        [counts, *listed, saved] if told else [counts, saved, "batchyard gate --env dev shows the changes"]
    )
    assert main(["gate", "--env", "dev"]) == 0
    assert capsys.readouterr().out.splitlines() == [counts, *listed]
    assert main(["plan", "--env", "dev", "--output", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["changes"]) == count


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("templates/workflows/exome/workflow.yaml", "Says hello", "Says good-bye"),
        ("templates/workflows/exome/state-machine.asl.yaml.j2", "Succeed", "Fail"),
        ("templates/workflows/exome/input.schema.json", "{", '{"title": "t", '),
        ("functions/hello/handler.py", "event\n", "None\n"),
    ],
)
def test_what_was_changed_and_not_rendered_is_not_planned(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str
) -> None:
    before = {path: path.stat().st_mtime_ns for path in (project / "build/dev").rglob("*")}
    rewrite(project / file, old, new)
    assert main(["plan", "--env", "dev"]) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err.splitlines()) == (
        "",
        [
            f"error: {project}/build/dev: bundles are not what the templates give: exome",
            "  batchyard render --env dev",
        ],
    )
    assert terraform.calls == []
    assert {path: path.stat().st_mtime_ns for path in (project / "build/dev").rglob("*")} == before
    render("dev")
    terraform.plans(TWO)
    assert main(["plan", "--env", "dev"]) == 0


def test_a_zip_that_is_gone_is_not_planned(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "build/dev/functions/hello.zip").unlink()
    assert main(["plan", "--env", "dev"]) == 1
    assert "bundles are not what the templates give: exome" in capsys.readouterr().err


def test_what_lint_refuses_is_not_planned(
    workflow: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(workflow / "state-machine.asl.yaml.j2", "Next: Done", "Next: Gone")
    render("dev")
    assert main(["plan", "--env", "dev"]) == 1
    printed = capsys.readouterr()
    lines = printed.err.splitlines()
    assert lines[0].startswith("error: lint finds ")
    assert any(
        line.startswith("  BY002 exome#/States/Greet/Next (Greet): ") and "Gone" in line for line in lines
    )
    assert lines[-1].startswith("  mend them (batchyard lint says how), or accept one")
    assert (printed.out, terraform.calls) == ("", [])


def test_warnings_are_counted_and_do_not_stop_a_plan(
    workflow: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    choice = "Type: Choice\n    Choices: [{Variable: $.a, IsPresent: true, Next: Done}]"
    rewrite(workflow / "state-machine.asl.yaml.j2", "Type: Pass\n    Next: Done", choice)
    render("dev")
    terraform.plans(TWO)
    assert main(["plan", "--env", "dev"]) == 0
    printed = capsys.readouterr()
    assert printed.err == "lint: 1 warning; batchyard lint --env dev\n"
    assert printed.out.startswith("1 to destroy, ")


def test_an_accepted_error_is_planned(
    workflow: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted = "Next: Gone\n    Comment: 'lint: ignore BY002 a state that another tool adds'"
    machine = workflow / "state-machine.asl.yaml.j2"
    rewrite(machine, "Next: Done", accepted)
    rewrite(machine, "Succeed", "Succeed\n    Comment: 'lint: ignore BY003 reached from what is added'")
    render("dev")
    terraform.plans(TWO)
    assert main(["plan", "--env", "dev"]) == 0, capsys.readouterr().err


def test_for_programs_each_prints_one_document(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    terraform.plans(TWO)
    terraform.streams("apply", *APPLIED)
    for verb in ("plan", "gate", "apply"):
        assert main([verb, "--env", "dev", "--output", "json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["counts"] == {"create": 1, "destroy": 1, "replace": 0, "update": 0}, verb


def test_a_dry_run_of_apply_applies_nothing(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    terraform.plans(TWO)
    assert main(["plan", "--env", "dev"]) == 0
    capsys.readouterr()
    assert main(["apply", "--env", "dev", "--dry-run"]) == 0
    assert (
        capsys.readouterr().out == "would - destroy  aws_sqs_queue.old\nwould + create   aws_sqs_queue.new\n"
    )
    assert terraform.called("apply") == []


@pytest.mark.parametrize("name", ["plan.record.json", "plan.json"])
def test_a_damaged_plan_is_not_applied(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    terraform.plans(TWO)
    assert main(["plan", "--env", "dev"]) == 0
    (project / "build/dev" / name).write_text("{")
    capsys.readouterr()
    assert main(["apply", "--env", "dev"]) == 1
    assert "the saved plan is damaged" in capsys.readouterr().err
    assert terraform.called("apply") == []


def test_destroy_asks_first(
    project: Path,
    terraform: FakeTerraform,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terraform.plans(plan(change("aws_sqs_queue.old", "delete")))
    terraform.streams("apply", APPLIED[0])
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: PTH123, SIM115
    assert main(["destroy", "--env", "dev"]) == 1
    assert "not confirmed, so nothing was done\n  pass --yes to do it unasked" in capsys.readouterr().err
    assert terraform.called("apply") == []
    assert main(["destroy", "--env", "dev", "--dry-run"]) == 0
    assert terraform.called("apply") == []
    capsys.readouterr()
    assert main(["destroy", "--env", "dev", "--yes"]) == 0
    assert capsys.readouterr().out == "destroyed: 1 resource\n"


def test_a_failed_apply_exits_1_with_the_remedy(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    terraform.plans(TWO)
    assert main(["plan", "--env", "dev"]) == 0
    capsys.readouterr()
    wrong = {"severity": "error", "summary": "Saved plan is stale", "detail": ""}
    terraform.streams("apply", {"type": "diagnostic", "diagnostic": wrong}, code=1)
    assert main(["apply", "--env", "dev"]) == 1
    assert capsys.readouterr().err == (
        "error: terraform: terraform apply failed: Saved plan is stale\n"
        "  something was applied since this plan was made: run `batchyard plan` again\n"
    )


def test_ctrl_c_reaches_terraform_once_and_lets_it_finish(project: Path, terraform: FakeTerraform) -> None:
    terraform.plans(TWO)
    assert main(["plan", "--env", "dev"]) == 0
    folder = terraform.folder
    terraform.hook(
        "apply",
        f"""
        trap 'echo INT >> "{folder}/signals"; cat "{folder}/told"' INT
        echo ready > "{folder}/ready"
        n=0; while [ $n -lt 100 ] && [ ! -f "{folder}/let-go" ]; do sleep 0.02; n=$((n+1)); done
        """,
    )
    (folder / "told").write_text('{"type": "log", "@message": "Interrupt received"}\n')
    terraform.streams("apply", APPLIED[0], code=1)
    command = subprocess.Popen(
        [sys.executable, "-m", "batchyard", "apply", "--env", "dev"],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(folder / "ready")
    os.killpg(command.pid, signal.SIGINT)  # as a terminal does: the whole foreground group
    wait_for(folder / "signals")
    os.killpg(command.pid, signal.SIGINT)
    time.sleep(0.1)
    (folder / "let-go").write_text("")
    out, err = command.communicate(timeout=10)
    assert command.returncode == 130, err
    assert (folder / "signals").read_text() == "INT\n"
    assert err == (
        "[0/2] stopping: Terraform finishes what it has begun\n[1/2] aws_sqs_queue.old destroyed in 1 s\n"
        "interrupted: what was done is kept in the state; batchyard plan --env dev shows what is left\n"
    )
    assert out == ""


def wait_for(path: Path) -> None:
    end = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} did not appear"
        time.sleep(0.02)


def test_a_locked_state_is_told_in_a_sentence(
    project: Path, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    detail = """Error message: operation error S3: PutObject, https response error StatusCode: 412, RequestID:
    d8a5, HostID: x, api error PreconditionFailed: At least one of the pre-conditions did not hold
    Lock Info:
      ID:        1b4fb4d4-8916
      Path:      state/root.tfstate
      Operation: OperationTypeApply
      Who:       ada@host
      Version:   1.11.4
      Created:   2026-11-21 03:24:34.520883955 +0000 UTC
      Info:

    Terraform acquires a state lock to protect the state."""
    locked = {"severity": "error", "summary": "Error acquiring the state lock", "detail": detail}
    terraform.streams("plan", {"type": "diagnostic", "diagnostic": locked}, code=1)
    assert main(["plan", "--env", "dev"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == (
        "error: terraform: terraform plan failed: the state is locked by ada@host, "
        "apply since 2026-11-21 03:24:34 UTC, lock 1b4fb4d4-8916"
    )
    assert second.startswith("  another command is at work on this environment: wait for it. If none is")
