"""What the engine's host does with more log lines than anyone can read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from batchyard.local import host, ministack
from batchyard.local.batch.host import Scope

SCOPE = Scope("000000000000", "us-east-1")


class Loop:
    """An event loop that runs what it was handed when the test says so."""

    def __init__(self) -> None:
        self.handed: list[Callable[[], Any]] = []

    def call_soon_threadsafe(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.handed.append(lambda: function(*arguments))


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    found = Loop()
    monkeypatch.setattr(ministack.module("app"), "_MAIN_LOOP", found)
    logs = ministack.module("services.cloudwatch_logs")
    for name in ("_log_groups", "_log_records"):
        monkeypatch.setattr(logs, name, ministack.module("core.responses").AccountRegionScopedDict())
    return found


def test_only_the_newest_lines_of_a_stream_are_kept(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(host, "LINES_KEPT", 100)
    emulator = host.EmulatorHost("http://127.0.0.1:1", lambda: None)
    for batch in range(10):
        lines = [(number, str(number)) for number in range(batch * 50, batch * 50 + 50)]
        emulator.put_log_events(SCOPE, "group", "stream", lines)
        loop.handed.pop()()
    group = ministack.within(SCOPE, lambda: ministack.get("services.cloudwatch_logs", "_log_groups")["group"])
    kept = [event["message"] for event in group["streams"]["stream"]["events"]]
    assert kept == [str(number) for number in range(400, 500)]
    assert len(list(ministack.get("services.cloudwatch_logs", "_log_records").all_items())) == 100
    assert caplog.text.count("only the newest 100 lines are kept of log stream group stream") == 1


def test_a_flood_waits_until_its_lines_are_taken(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "_PATIENCE_SECONDS", 5.0)
    emulator = host.EmulatorHost("http://127.0.0.1:1", lambda: None)
    all_in = threading.Event()

    def flood() -> None:
        for number in range(host._MOST_UNDER_WAY + 1):
            emulator.put_log_events(SCOPE, "group", "stream", [(number, "line")])
        all_in.set()

    thread = threading.Thread(target=flood)
    thread.start()
    assert not all_in.wait(0.1)
    loop.handed.pop(0)()
    assert all_in.wait(5)
    thread.join()
    assert len(loop.handed) == host._MOST_UNDER_WAY
