"""MiniStack is the one that this package is made for, and another one is refused by name."""

from __future__ import annotations

import re
from importlib import metadata

import pytest

from batchyard.errors import BatchyardError
from batchyard.local import ministack
from batchyard.local.batch.host import Scope
from batchyard.local.ministack import TOUCHED, Touch


@pytest.mark.parametrize("touch", TOUCHED, ids=lambda touch: f"{touch.module}.{touch.name}")
def test_every_touched_name_is_as_expected(touch: Touch) -> None:
    ministack.check((touch,))


@pytest.mark.parametrize(
    ("touch", "message"),
    [
        (Touch("services.gone", "x"), "services.gone.x is missing"),
        (Touch("app", "no_such_table"), "app.no_such_table is missing"),
        (Touch("app", "SERVICE_HANDLERS", keys=("batch", "warp")), "app.SERVICE_HANDLERS lacks warp"),
        (
            Touch("core.persistence", "load_state", ("name",)),
            r"core.persistence.load_state takes \(service\)",
        ),
    ],
)
def test_a_changed_ministack_is_refused(touch: Touch, message: str) -> None:
    with pytest.raises(BatchyardError, match=message) as raised:
        ministack.check((touch,))
    assert f"ministack=={ministack.VERSION}" in raised.value.fix


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: "9.9.9")
    with pytest.raises(BatchyardError, match=re.escape("version 9.9.9 is installed")):
        ministack.check(())


def test_the_pinned_version_is_the_required_one() -> None:
    required = metadata.requires("batchyard") or []
    assert f"ministack=={ministack.VERSION}" in [line.replace(" ", "") for line in required]


def test_a_name_that_nothing_checks_can_not_be_used() -> None:
    with pytest.raises(KeyError, match="not listed"):
        ministack.get("app", "BANNER")


def test_within_sets_account_and_region_for_the_call_only() -> None:
    before = ministack.scope()
    other = Scope("123456789012", "eu-west-1")
    assert ministack.within(other, ministack.scope) == other
    assert ministack.scope() == before
