"""Ending a part of an execution ends what hangs below it, and nothing else."""

from __future__ import annotations

import threading
import time

import pytest

from batchyard.local.branches import Branches, Stopped, silence


def test_ending_reaches_everything_below_and_nothing_above() -> None:
    root = Branches("arn")
    middle = Branches("arn", root)
    leaf, sister = Branches("arn", middle), Branches("arn", root)
    middle.end()
    assert [each.ended for each in (root, middle, leaf, sister)] == [False, True, True, False]
    with pytest.raises(Stopped):
        leaf.check()
    sister.check()


def test_what_begins_in_ended_branches_has_ended() -> None:
    root = Branches("arn")
    root.end()
    assert Branches("arn", root).ended
    assert root.new_wait().is_set()


def test_a_wait_wakes_when_branches_end() -> None:
    root = Branches("arn")
    inner = Branches("arn", root)
    wait = inner.new_wait()
    root.end()
    assert wait.is_set()
    assert inner.ended


def test_sleep_ends_with_its_branches() -> None:
    root = Branches("arn")
    threading.Timer(0.02, root.end).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        root.sleep(30)
    assert time.monotonic() - began < 5


def test_a_thread_that_is_stopped_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda failure: told.append(failure.exc_type))
    silence()

    def end(error: type[BaseException]) -> None:
        raise error

    for error in (Stopped, ValueError):
        thread = threading.Thread(target=end, args=(error,))
        thread.start()
        thread.join()
    assert told == [ValueError]
