"""What gives an environment variable away as a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from batchyard.plain_secrets import found

KEY = "AKIA" + "IOSFODNN7EXAMPLE"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD", "hunter2"),
        ("DB_PASSWORD", "hunter2"),
        ("db_password", "hunter2"),
        ("GITHUB_TOKEN", "abc"),
        ("STRIPE_API_KEY", "abc"),
        ("STRIPE_APIKEY", "abc"),
        ("AWS_SECRET_ACCESS_KEY", "abc"),
        ("AWS_ACCESS_KEY_ID", "abc"),
        ("CLIENT_SECRET", "abc"),
        ("CLIENT_SECRET_2", "abc"),
        ("SERVICE_CREDENTIALS", "{}"),
    ],
)
def test_a_name_says_what_the_value_is(name: str, value: str) -> None:
    assert found(name, value) == "is a secret by its name"


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (f"key={KEY}", "the id of an AWS access key"),
        ("-----BEGIN PRIVATE KEY-----\nMII", "a private key"),
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        ("postgres://user:word@db.example.com/x", "a URL with a password"),
        ("ghp_" + "a" * 36, "a GitHub token"),
        ("github_pat_" + "a" * 22, "a GitHub token"),
        ("xoxb-" + "1" * 12, "a Slack token"),
        (f"eyJ{'a' * 12}.eyJ{'b' * 12}.c", "a signed JSON token"),
    ],
)
def test_a_value_says_it_itself(value: str, what: str) -> None:
    assert found("SETTING", value) == f"holds {what}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_FILE", "/run/secrets/password"),
        ("SECRET_NAME", "registry"),
        ("SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:000000000000:secret:x"),
        ("DB_PASSWORD", "arn:aws:ssm:eu-west-1:000000000000:parameter/x"),
        ("USE_TOKEN", "true"),
        ("MAX_TOKENS", "4096"),
        ("KEYBOARD", "qwerty"),
        ("MONKEY", "see"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("SOURCE", "https://example.com/a:b@c"),
        ("PASSWORD", "${var.password}"),
    ],
)
def test_what_is_no_secret_is_left_alone(name: str, value: str) -> None:
    assert found(name, value) is None


@given(some.text(min_size=5).filter(lambda value: "holds" not in value and "secret" not in value))
def test_a_finding_never_repeats_the_value(value: str) -> None:
    said = found("DB_PASSWORD", value)
    assert said is None or value not in said
