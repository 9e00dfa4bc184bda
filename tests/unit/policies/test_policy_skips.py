"""Comments in a manifest that skip a check for one job."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchyard.errors import ManifestError
from batchyard.policies.skips import of_bundles, of_manifest

MANIFEST = """description: a workflow
jobs:
  align:
    # checkov:skip=CKV_BATCHYARD_1:the device is not on the list of devices
    queue: high
    privileged: true
    #checkov:skip=CKV_BATCHYARD_5: a token for tests

  call:
    queue: high
  stats:
    queue: low
    # checkov:skip=CKV_BATCHYARD_3:ends by itself
notify:
  on: [FAILED]
"""


def test_a_comment_skips_a_check_for_the_job_it_stands_in() -> None:
    assert of_manifest(MANIFEST, "workflow.yaml") == {
        "align": {
            "CKV_BATCHYARD_1": "the device is not on the list of devices",
            "CKV_BATCHYARD_5": "a token for tests",
        },
        "stats": {"CKV_BATCHYARD_3": "ends by itself"},
    }


def test_other_comments_are_no_skips() -> None:
    assert of_manifest("jobs:\n  align:\n    # why: checkov\n    queue: high\n", "w") == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "    # checkov:skip=CKV_BATCHYARD_1",
            "workflow.yaml:3: checkov:skip has no reason\n  write checkov:skip=",
        ),
        ("    # checkov:skip=CKV_BATCHYARD_1: ", "workflow.yaml:3: checkov:skip has no reason"),
        (
            "    # checkov:skip=CKV_AWS_210:reason",
            "names CKV_AWS_210, which is none of CKV_BATCHYARD_1 to CKV_BATCHYARD_9",
        ),
        ("  # checkov:skip=CKV_BATCHYARD_1:reason", "workflow.yaml:3: checkov:skip stands outside of a job"),
    ],
)
def test_a_skip_that_says_too_little_is_refused(line: str, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        of_manifest(f"jobs:\n  align:\n{line}\n    queue: high\n", "workflow.yaml")
    assert said in caught.value.sentence()


def test_a_skip_below_the_jobs_is_refused() -> None:
    with pytest.raises(ManifestError, match="outside of a job"):
        of_manifest(MANIFEST + "  # checkov:skip=CKV_BATCHYARD_1:reason\n", "workflow.yaml")


def test_skips_go_by_the_name_of_the_definition(tmp_path: Path) -> None:
    (tmp_path / "exome").mkdir()
    (tmp_path / "exome" / "workflow.yaml").write_text(MANIFEST)
    jobs = {key: {"name": f"batchyard-dev-exome-{key}"} for key in ("align", "call")}
    bundles = {"exome-poll": {"folder": "exome", "job_definitions": jobs}}
    assert list(of_bundles(bundles, tmp_path)) == ["batchyard-dev-exome-align"]
