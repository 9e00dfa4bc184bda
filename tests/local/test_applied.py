"""An applied environment: no drift, smoke tests that notice, commands that can be run again."""

from __future__ import annotations

import json

import pytest
from tests.stack import Stack

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]


def test_a_plan_after_the_apply_is_empty_and_changes_nothing(stack: Stack) -> None:
    answer = stack.cli("plan", "--output", "json").checked().json()
    assert answer["changes"] == [], (
        "what can not be represented would be listed here, with reasons: so far nothing"
    )
    assert stack.cli("apply").checked().out == "applied: nothing to change\n"


def test_the_smoke_tests_pass(stack: Stack) -> None:
    answer = stack.cli("smoke", "--output", "json").checked().json()
    assert all(check["ok"] for check in answer["checks"])
    runs = {run["workflow"]: run["status"] for run in answer["workflows"]}
    assert runs == dict.fromkeys(stack.outputs()["state_machine_arns"], "SUCCEEDED")
    assert len(runs) >= 6


def test_the_smoke_tests_notice_a_closed_queue(stack: Stack) -> None:
    if not stack.is_local:
        pytest.skip("closes a queue, which only a test environment can bear")
    batch = stack.client("batch")
    queue = stack.outputs()["queue_arns"]["high"]
    batch.update_job_queue(jobQueue=queue, state="DISABLED")
    try:
        result = stack.cli("smoke", "--workflow", "exome")
    finally:
        batch.update_job_queue(jobQueue=queue, state="ENABLED")
    assert result.code == 1
    assert "DISABLED" in result.err


def test_runs_are_listed_and_their_logs_are_found(stack: Stack) -> None:
    bundle = json.loads((stack.root / "build" / stack.environment / "exome.bundle.json").read_text())
    answer = stack.run("exome", bundle["smoke"]["input"])
    listed = stack.cli("run", "list", "--workflow", "exome", "--output", "json").checked().json()
    assert answer["name"] in json.dumps(listed)
    shown = stack.cli("run", "show", answer["executionArn"], "--output", "json").checked().json()
    assert shown["steps"] == answer["steps"]
    log = stack.cli("run", "logs", answer["name"], "--step", "Align").checked().out
    assert log.startswith("==> Align SUCCEEDED")
    assert "published" in log


def test_a_different_state_machine_shows_in_the_plan(stack: Stack) -> None:
    if not stack.is_local:
        pytest.skip("changes the project's own files")
    template = stack.root / "templates/workflows/exome/state-machine.asl.yaml.j2"
    whole = template.read_text()
    try:
        template.write_text(whole.replace("  Prepare:\n", "  Prepare:\n    Comment: changed\n"))
        stack.cli("render").checked()
        changes = stack.cli("plan", "--output", "json").checked().json()["changes"]
    finally:
        template.write_text(whole)
        stack.cli("render").checked()
    addresses = {change["address"] for change in changes}
    assert 'module.workflow["exome"].aws_sfn_state_machine.this' in addresses
    assert not {change["action"] for change in changes} & {"delete", "replace"}
