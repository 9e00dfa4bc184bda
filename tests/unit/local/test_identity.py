"""Which roles a job may have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batchyard.local import identity, ministack
from batchyard.local.batch.host import CredentialsError, Scope

SCOPE = Scope("000000000000", "us-east-1")
TASKS = "ecs-tasks.amazonaws.com"


def statement(effect: str, principal: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "sts:AssumeRole", "Principal": principal}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([statement("Allow", {"Service": TASKS})], True),
        ([statement("Allow", {"Service": ["ec2.amazonaws.com", TASKS]})], True),
        (statement("Allow", {"Service": TASKS}), True),
        ([statement("Deny", {"Service": TASKS})], False),
        ([statement("Allow", {"AWS": "*"})], False),
        ([statement("Allow", "*")], False),
        ([], False),
    ],
)
def test_trust(statements: Any, expected: bool) -> None:
    document = {"Version": "2012-10-17", "Statement": statements}
    assert identity.trusts(document, TASKS) is expected
    assert identity.trusts(json.dumps(document), TASKS) is expected


def test_without_enforcement_a_job_is_the_account() -> None:
    found = identity.job_credentials(SCOPE, "arn:aws:iam::000000000000:role/any", "job")
    assert found["AWS_ACCESS_KEY_ID"] == SCOPE.account


def test_with_enforcement_a_job_without_role_has_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ministack, "enforcing", lambda: True)
    assert identity.job_credentials(SCOPE, "", "job") == {}
    with pytest.raises(CredentialsError, match="does not exist"):
        identity.job_credentials(SCOPE, "arn:aws:iam::000000000000:role/absent", "job")


def test_a_roles_credentials_are_the_same_again() -> None:
    first, second = (identity.session(SCOPE, "arn:aws:iam::000000000000:role/r", name) for name in ("a", "b"))
    other = identity.session(SCOPE, "arn:aws:iam::000000000000:role/s", "a")
    assert first == second
    assert len({first["AWS_ACCESS_KEY_ID"], other["AWS_ACCESS_KEY_ID"]}) == 2
    assert len({*first.values()}) == 3
