"""Each statement of each role names what needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.iam.iam_machines import ALIGN, NAMES, QUEUE, machine, task

from batchyard.iam import explain as explaining
from batchyard.iam.states import derive

MANIFEST = """\
name: exome
jobs:
  align:
    permissions:
      - {sid: ReadInput, actions: [s3:GetObject], resources: ["{bucket.data}/*"]}
      - sid: publish-bam
        actions: [s3:PutObject]
        resources: ["{bucket.results}/*"]
"""


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    folder = tmp_path / "templates" / "workflows" / "exome"
    folder.mkdir(parents=True)
    (folder / "workflow.yaml").write_text(MANIFEST)
    monkeypatch.setattr(explaining, "project_root", lambda: tmp_path)
    monkeypatch.setattr(explaining, "workflow_dir", lambda name: folder)
    statements = [
        {"Sid": "ReadInput", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::d/*"]},
        {
            "Sid": "PublishBam",
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": ["arn:aws:s3:::r/*"],
        },
        {"Sid": "Trace", "Effect": "Allow", "Action": ["xray:PutTraceSegments"], "Resource": ["*"]},
    ]
    name = "batchyard-local-exome"
    return {
        "workflow": "exome",
        "folder": "exome",
        "job_definitions": {"align": {"role": {"name": f"{name}-align-job", "statements": statements}}},
        "functions": {},
        "state_machine": {
            "name": name,
            "role": {"name": f"{name}-states", "statements": derive(_definition(), NAMES)},
        },
    }


def _definition() -> dict[str, Any]:
    submit = task("batch:submitJob.sync", JobQueue=QUEUE, JobDefinition=ALIGN)
    return machine(Align=submit, Again=submit)


def test_statements_of_a_state_machine_name_the_states(bundle: dict[str, Any]) -> None:
    role = explaining.explain(bundle, _definition(), NAMES)[0]
    reasons = {statement.sid: statement.reasons for statement in role.statements}
    assert role.name == "batchyard-local-exome-states"
    assert reasons["SubmitJobs"] == ["state Again (batch:submitJob)", "state Align (batch:submitJob)"]
    assert reasons["DeliverLogs"] == ["the machine's logging"]
    assert all(reasons.values())


def test_an_execution_role_says_what_it_starts_with(bundle: dict[str, Any]) -> None:
    statements = [
        {
            "Sid": "ReadSecrets",
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue"],
            "Resource": ["arn:x"],
        }
    ]
    bundle["job_definitions"]["align"]["execution_role"] = {"name": "exec", "statements": statements}
    bundle["job_definitions"]["pod"] = {"role": None, "execution_role": None}
    roles = explaining.explain(bundle, _definition(), NAMES)
    assert [(role.kind, role.key) for role in roles] == [
        ("state machine", "exome"),
        ("job", "align"),
        ("execution", "align"),
    ]
    assert roles[-1].statements[0].reasons == [
        "hands secrets to the containers, or to the registry or log driver"
    ]


def test_declared_statements_name_the_line_of_the_manifest(bundle: dict[str, Any]) -> None:
    role = explaining.explain(bundle, _definition(), NAMES)[1]
    assert [(each.sid, each.reasons) for each in role.statements] == [
        ("ReadInput", ["templates/workflows/exome/workflow.yaml:5"]),
        ("PublishBam", ["templates/workflows/exome/workflow.yaml:6"]),
        ("Trace", ["every role of this kind"]),
    ]
    assert role.as_dict()["statements"][0]["actions"] == ["s3:GetObject"]
