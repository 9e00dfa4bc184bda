"""Bundles as Terraform JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.policies.policy_jobs import right

from batchyard.errors import BatchyardError, UsageError
from batchyard.policies.bundles import read, resource, terraform


def test_a_resource_is_named_by_workflow_and_job() -> None:
    found = terraform(
        {"exome": {"job_definitions": {"align": right("container")}}, "maze": {"job_definitions": {}}}
    )
    assert list(found["resource"]["aws_batch_job_definition"]) == ["exome/align"]


def test_properties_are_texts_and_blocks_are_terraforms() -> None:
    # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/batch_job_definition
    job = right("ecs")
    found = resource(job)
    assert json.loads(found["ecs_properties"]) == job["ecs_properties"]
    assert found["timeout"] == {"attempt_duration_seconds": 3600}
    assert found["retry_strategy"] == {
        "attempts": 3,
        "evaluate_on_exit": [
            {"action": "RETRY", "on_status_reason": "Host EC2*"},
            {"action": "EXIT", "on_reason": "*"},
        ],
    }


def test_a_pod_is_blocks_whose_names_of_labels_stay() -> None:
    pod = resource(right("eks"))["eks_properties"]["pod_properties"]
    assert pod["service_account_name"] == "of-a-test"
    assert pod["metadata"]["labels"] == {"camelCase": "stays"}
    assert pod["init_containers"][0]["security_context"] == {"privileged": False, "run_as_non_root": True}


def test_bundles_are_read_by_workflow(tmp_path: Path) -> None:
    (tmp_path / "exome.bundle.json").write_text(json.dumps({"job_definitions": {"align": right("ecs")}}))
    (tmp_path / "exome.asl.json").write_text("{}")
    assert {name: list(each["job_definitions"]) for name, each in read(tmp_path).items()} == {
        "exome": ["align"]
    }


def test_a_folder_without_bundles_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no bundles here\n  batchyard render"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "is not JSON"), ("[]", "has no job_definitions"), ("{}", "has no job_definitions")],
)
def test_what_is_no_bundle_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "exome.bundle.json").write_text(text)
    with pytest.raises(BatchyardError, match=f"exome.bundle.json: {said}"):
        read(tmp_path)
