"""Secrets as the emulator's own services keep them, and what an execution role may read of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from batchyard.local import host, identity, ministack, secret_store
from batchyard.local.batch.host import CredentialsError, Scope, SecretError

SCOPE = Scope("000000000000", "us-east-1")
ROLE = "arn:aws:iam::000000000000:role/exec"


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.AbstractEventLoop]:
    """Run an event loop in the place of the emulator's, over tables of its own."""
    found = asyncio.new_event_loop()
    monkeypatch.setattr(ministack.module("app"), "_MAIN_LOOP", found)
    tables = ministack.module("core.responses").AccountRegionScopedDict
    monkeypatch.setattr(ministack.module("services.secretsmanager"), "_secrets", tables())
    for name in ("_parameters", "_parameter_history"):
        monkeypatch.setattr(ministack.module("services.ssm"), name, tables())
    thread = threading.Thread(target=found.run_forever)
    thread.start()
    yield found
    found.call_soon_threadsafe(found.stop)
    thread.join()
    found.close()


@pytest.fixture
def emulator(loop: asyncio.AbstractEventLoop) -> host.EmulatorHost:
    return host.EmulatorHost("http://127.0.0.1:1", lambda: None)


def keep(name: str, text: str) -> str:
    """Keep a secret and return its ARN."""
    store = ministack.module("services.secretsmanager")._store_new_secret
    return str(ministack.within(SCOPE, partial(store, name, text))[0])


def put(name: str, text: str, scope: Scope = SCOPE) -> None:
    parameter = {"Name": name, "Value": text, "Type": "SecureString"}
    ministack.within(scope, partial(ministack.module("services.ssm")._put_parameter, parameter))


def test_a_secret_is_read_by_its_arn(emulator: host.EmulatorHost) -> None:
    arn = keep("token", "s3cr3t")
    assert emulator.secret(SCOPE, ROLE, "task", arn, "", "") == "s3cr3t"
    with pytest.raises(SecretError, match=r"^ResourceNotFoundException: Secrets Manager can't find.*OLD"):
        emulator.secret(SCOPE, ROLE, "task", arn, "OLD", "")
    with pytest.raises(SecretError, match=r"^ResourceNotFoundException: .*specified secret version: v9"):
        emulator.secret(SCOPE, ROLE, "task", arn, "", "v9")
    with pytest.raises(SecretError, match=r"find the specified secret\. status code: 400, request id: "):
        emulator.secret(Scope(SCOPE.account, "eu-west-1"), ROLE, "task", arn, "", "")


def test_parameters_are_read_decrypted_by_name_and_by_arn(emulator: host.EmulatorHost) -> None:
    put("/a/place", "Bern")
    put("flat", "4")
    arn = "arn:aws:ssm:us-east-1:000000000000:parameter/a/place"
    found = emulator.parameters(SCOPE, ROLE, "task", ["/a/place", arn, "flat", "/none"])
    assert found == {"/a/place": "Bern", arn: "Bern", "flat": "4"}


def test_only_what_a_role_may_read_is_read(
    emulator: host.EmulatorHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = keep("token", "s3cr3t")
    put("/a/place", "Bern")
    asked: list[tuple[str, str, str]] = []

    def refusal(scope: Scope, role: str, action: str, resource: str, session: str) -> str | None:
        asked.append((action, resource, session))
        return (
            None
            if resource.endswith("/a/place")
            else identity.denial("x", action, role, resource, explicit=False)
        )

    monkeypatch.setattr(identity, "refusal", refusal)
    denied = (
        f"AccessDeniedException: User: {ROLE} is not authorized to perform: secretsmanager:GetSecretValue"
    )
    # A part of the ARN finds the secret, and the permission is one for the whole of it.
    with pytest.raises(SecretError, match=denied) as raised:
        emulator.secret(SCOPE, ROLE, "task", arn[:-7], "", "")
    assert "s3cr3t" not in str(raised.value)
    assert emulator.parameters(SCOPE, ROLE, "task", ["/a/place"]) == {"/a/place": "Bern"}
    with pytest.raises(
        SecretError, match=r"ssm:GetParameters on resource: arn:aws:ssm:us-east-1:0{12}:parameter/other"
    ):
        emulator.parameters(SCOPE, ROLE, "task", ["/a/place", "other"])
    assert asked[0] == ("secretsmanager:GetSecretValue", arn, "task")


def test_a_role_that_can_not_be_had_reads_nothing(
    emulator: host.EmulatorHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ministack, "enforcing", lambda: True)
    monkeypatch.setattr(identity, "_role", lambda *_: None)
    for read in (
        lambda: emulator.secret(SCOPE, ROLE, "task", "arn", "", ""),
        lambda: emulator.parameters(SCOPE, ROLE, "task", ["/a"]),
    ):
        with pytest.raises(CredentialsError, match="unable to assume the role"):
            read()


def test_a_store_that_does_not_answer_is_not_waited_for_for_ever(
    loop: asyncio.AbstractEventLoop, emulator: host.EmulatorHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_store, "_SECONDS", 0.02)
    busy = threading.Event()
    loop.call_soon_threadsafe(busy.wait, 10)
    with pytest.raises(SecretError, match="context deadline exceeded"):
        emulator.parameters(SCOPE, ROLE, "task", ["/a"])
    busy.set()
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(5)
    closed = asyncio.new_event_loop()
    closed.close()
    monkeypatch.setattr(ministack.module("app"), "_MAIN_LOOP", closed)
    with pytest.raises(SecretError, match="context deadline exceeded"):
        emulator.parameters(SCOPE, ROLE, "task", ["/a"])
