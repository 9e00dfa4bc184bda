"""Roles hold exactly enough: with IAM enforced all passes, and without any one statement it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.local.test_exome import RESULTS, published, upload
from tests.stack import Stack

from batchyard.demo.sample import generate

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def enforcing(stack: Stack) -> Iterator[Stack]:
    if not stack.is_local:
        pytest.skip("AWS enforces IAM always, and its policies are not for tests to change")
    stack.cli("local", "up", "--enforce-iam").checked()
    yield stack
    stack.cli("local", "up", "--no-enforce-iam").checked()


@pytest.fixture(scope="module")
def document(enforcing: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("tiny")
    sample = generate(folder, seed=5, sample_id="tiny", reference_bases=5_000, coverage=12, snvs=2, indels=0)
    return upload(enforcing, sample, "tiny")


@pytest.mark.parametrize("workflow", ["exome", "exome-poll"])
def test_it_passes_with_iam_enforced(enforcing: Stack, document: dict[str, Any], workflow: str) -> None:
    results = enforcing.place(workflow)
    answer = enforcing.run(workflow, document | {"resultsS3Path": results})
    assert answer["status"] == "SUCCEEDED", answer
    assert published(enforcing, results, "tiny") == RESULTS


def statements(stack: Stack, workflow: str) -> Iterator[tuple[str, str, str]]:
    """Yield role, policy and Sid of each statement that a manifest declares, or that was derived."""
    bundle = json.loads((stack.root / "build" / stack.environment / f"{workflow}.bundle.json").read_text())
    roles = [job["role"] for job in bundle["job_definitions"].values()]
    roles += [function["role"] for function in bundle["functions"].values()]
    for role in roles:
        policy = "declared" if role["name"].endswith("-function") else "permissions"
        yield from ((role["name"], policy, statement["Sid"]) for statement in role["statements"])


@contextmanager
def without(stack: Stack, role: str, policy: str, sid: str) -> Iterator[None]:
    """Take one statement away, and give it back."""
    iam = stack.client("iam")
    whole = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    rest = [statement for statement in whole["Statement"] if statement["Sid"] != sid]
    assert len(rest) == len(whole["Statement"]) - 1
    if rest:
        changed = json.dumps(whole | {"Statement": rest})
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=changed)
    else:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(whole))


def test_no_statement_can_be_taken_away(enforcing: Stack, document: dict[str, Any], tmp_path: Path) -> None:
    declared = [("exome-poll", *found) for found in statements(enforcing, "exome-poll")]
    assert len(declared) >= 10
    needless = []
    for number, (workflow, role, policy, sid) in enumerate(declared):
        with without(enforcing, role, policy, sid):
            answer = enforcing.run(
                workflow, document | {"resultsS3Path": enforcing.place(f"without-{number}")}
            )
        if answer["status"] != "FAILED":
            needless.append((role, sid, answer["status"]))
    assert not needless
    answer = enforcing.run("exome-poll", document | {"resultsS3Path": enforcing.place("after")})
    assert answer["status"] == "SUCCEEDED", "everything was given back"
