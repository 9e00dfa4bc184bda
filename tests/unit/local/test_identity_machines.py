"""Which roles state machines may have, and where they act."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batchyard.local import identity, ministack
from batchyard.local.batch.host import CredentialsError, Scope

SCOPE = Scope("000000000000", "us-east-1")
ROLE = "arn:aws:iam::000000000000:role/states"


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Any]:
    """Return the emulator's roles by account and name, with IAM enforced."""
    known: dict[tuple[str, str], Any] = {}

    def role(scope: Scope, role_arn: str) -> Any:
        return known.get((scope.account, role_arn.rsplit("/", 1)[-1]))

    monkeypatch.setattr(identity, "_role", role)
    monkeypatch.setattr(ministack, "enforcing", lambda: True)
    return known


def trusting(service: str) -> dict[str, str]:
    rows = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}]
    return {"AssumeRolePolicyDocument": json.dumps({"Statement": rows})}


def test_without_enforcement_a_machine_is_the_account() -> None:
    assert identity.machine_credentials(SCOPE, ROLE)["AWS_ACCESS_KEY_ID"] == SCOPE.account


@pytest.mark.parametrize("service", ["states.amazonaws.com", "states.us-east-1.amazonaws.com"])
def test_a_role_that_trusts_step_functions_is_had(roles: dict[tuple[str, str], Any], service: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html"""
    roles["000000000000", "states"] = trusting(service)
    assert identity.machine_credentials(SCOPE, ROLE)["AWS_ACCESS_KEY_ID"].startswith("ASIA")


@pytest.mark.parametrize("service", ["", "lambda.amazonaws.com", "states.eu-west-1.amazonaws.com"])
def test_any_other_is_not(roles: dict[tuple[str, str], Any], service: str) -> None:
    if service:
        roles["000000000000", "states"] = trusting(service)
    with pytest.raises(
        CredentialsError, match=r"nor the regional one is authorized to assume the provided role"
    ):
        identity.machine_credentials(SCOPE, ROLE)


def test_a_role_of_another_account_acts_there_if_it_exists(roles: dict[tuple[str, str], Any]) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html"""
    other = "arn:aws:iam::111111111111:role/other"
    assert identity.acts_in(SCOPE, other) == SCOPE
    roles["111111111111", "other"] = trusting("states.amazonaws.com")
    assert identity.acts_in(SCOPE, other) == Scope("111111111111", "us-east-1")


@pytest.mark.parametrize(
    ("principal", "refused", "expected"),
    [
        ({"AWS": ROLE}, None, True),
        ({"AWS": ["arn:aws:iam::000000000000:root"]}, None, True),
        ("*", None, True),
        ({"AWS": "arn:aws:iam::000000000000:role/another"}, None, False),
        ({"Service": "states.amazonaws.com"}, None, False),
        ({"AWS": ROLE}, "no statement", False),
    ],
)
def test_a_role_of_credentials_is_assumed_by_the_machines(
    roles: dict[tuple[str, str], Any],
    monkeypatch: pytest.MonkeyPatch,
    principal: Any,
    refused: str | None,
    expected: bool,
) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html"""
    other = "arn:aws:iam::111111111111:role/other"
    rows = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]
    roles["111111111111", "other"] = {"AssumeRolePolicyDocument": {"Statement": rows}}
    monkeypatch.setattr(identity, "refusal", lambda *_: refused)
    scope = identity.acts_in(SCOPE, other)
    if expected:
        assert identity.machine_credentials(scope, other, ROLE)["AWS_SESSION_TOKEN"]
    else:
        with pytest.raises(CredentialsError, match="not authorized to assume the task state's role"):
            identity.machine_credentials(scope, other, ROLE)


@pytest.mark.parametrize(
    ("service", "explicit", "expected"),
    [
        ("sqs", False, "on resource: arn because no identity-based policy allows the sqs:Act action"),
        ("s3", False, 'on resource: "arn" because no identity-based policy allows the s3:Act action'),
        ("sqs", True, "on resource: arn with an explicit deny in an identity-based policy"),
    ],
)
def test_a_denial_names_the_resource(service: str, explicit: bool, expected: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    said = identity.denial(service, f"{service}:Act", "u", "arn", explicit=explicit)
    assert said == f"User: u is not authorized to perform: {service}:Act {expected}"
