"""Clients: whose credentials they take."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from botocore.exceptions import ProfileNotFound

from batchyard import aws
from batchyard.environments import Environment

LOCAL = Environment(environment="local", account_id="000000000000", region="us-east-1")
DEV = Environment(environment="dev", account_id="111122223333", region="eu-west-1")


@pytest.fixture(autouse=True)
def profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    running = SimpleNamespace(endpoint="http://127.0.0.1:1")
    monkeypatch.setattr("batchyard.local.control.status", lambda: running)
    aws._session.cache_clear()


def test_the_local_environment_needs_no_profile() -> None:
    client = aws.client(LOCAL, "sqs")
    assert client.meta.endpoint_url == "http://127.0.0.1:1"


def test_a_profile_that_is_not_there_is_told_on_aws() -> None:
    with pytest.raises(ProfileNotFound, match="not-there"):
        aws.client(DEV, "sqs")
