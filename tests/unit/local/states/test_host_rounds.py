"""The host's thread: rounds, mail, what is answered when, and how it ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from batchyard.errors import BatchyardError
from batchyard.local.states import host as host_module
from batchyard.local.states.host import Host


class Duties:
    """Counts rounds, and fails as it is told."""

    def __init__(self) -> None:
        self.rounds = 0
        self.problem: Exception | None = None
        self.due: float | None = None
        self.threads: set[str] = set()

    def begin(self) -> None:
        self.threads.add(threading.current_thread().name)

    def work(self) -> None:
        self.rounds += 1
        if self.problem is not None:
            raise self.problem

    def pause(self) -> float | None:
        return self.due


@pytest.fixture
def duties() -> Duties:
    return Duties()


@pytest.fixture
def host(duties: Duties) -> Iterator[Host]:
    found = Host(duties)
    found.start()
    yield found
    found.stop()


def test_mail_is_answered_on_the_hosts_own_thread(host: Host, duties: Duties) -> None:
    assert host.submit(lambda: threading.current_thread().name).result(5) == "states-host"
    assert duties.threads == {"states-host"}


def test_what_a_function_raises_is_its_callers(host: Host) -> None:
    def refused() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        host.submit(refused).result(5)
    assert host.submit(lambda: 1).result(5) == 1
    assert host.failure is None


def test_a_future_is_answered_when_it_is_done(host: Host) -> None:
    later: Future[str] = Future()
    answer: Future[str] = host.submit(lambda: later)
    assert host.submit(lambda: "meanwhile").result(5) == "meanwhile"
    assert not answer.done()
    later.set_result("now")
    assert answer.result(5) == "now"


def test_a_caller_that_has_gone_waits_no_longer(host: Host) -> None:
    later: Future[str] = Future()
    answer: Future[str] = host.submit(lambda: later)
    host.submit(lambda: None).result(5)
    answer.cancel()
    assert later.cancelled()


def test_nothing_to_do_means_no_rounds(host: Host, duties: Duties) -> None:
    host.submit(lambda: None).result(5)
    before = duties.rounds
    threading.Event().wait(0.1)
    assert duties.rounds == before
    host.wake()
    host.submit(lambda: None).result(5)
    assert duties.rounds > before


def test_a_round_comes_when_it_is_due(duties: Duties) -> None:
    duties.due = 0.01
    host = Host(duties)
    host.start()
    reached = threading.Event()
    host.submit(lambda: None).result(5)
    while duties.rounds < 5:
        assert not reached.wait(0.01)
    host.stop()


def test_an_answer_waits_until_it_is_on_disk(duties: Duties) -> None:
    host = Host(duties)
    answered: list[int] = []
    future = host.submit(lambda: 1)
    future.add_done_callback(lambda _: answered.append(duties.rounds))
    host.step()
    assert answered == [1], "the round's work, which saves, comes first"


def test_a_full_disk_refuses_changes_and_takes_looks(
    duties: Duties, caplog: pytest.LogCaptureFixture
) -> None:
    host = Host(duties)
    duties.problem = BatchyardError("the disk is full")
    changed, looked = host.submit(lambda: 1), host.submit(lambda: 2, reads=True)
    assert host.step() == host_module.SAVE_AGAIN_SECONDS
    assert looked.result(0) == 2
    with pytest.raises(BatchyardError, match="can not be saved"):
        changed.result(0)
    ran: list[int] = []
    late, look = host.submit(lambda: ran.append(1)), host.submit(lambda: 3, reads=True)
    host.step()
    assert look.result(0) == 3
    assert late.exception(0) is not None
    assert ran == [], "what can not be saved is not begun"
    assert len([each for each in caplog.records if "disk is full" in each.getMessage()]) == 1
    duties.problem = None
    again = host.submit(lambda: 4)
    host.step()
    assert again.result(0) == 4


def test_an_unexpected_failure_is_told_and_ends_all(duties: Duties, caplog: pytest.LogCaptureFixture) -> None:
    host = Host(duties)
    duties.problem = KeyError("a bug")
    with caplog.at_level(logging.CRITICAL):
        host.start()
        with pytest.raises(BatchyardError, match="has failed"):
            host.submit(lambda: 1).result(5)
        host.stop()
    assert isinstance(host.failure, KeyError)
    (told,) = [each for each in caplog.records if each.levelno == logging.CRITICAL]
    assert told.exc_info, "the traceback is in the log"
    with pytest.raises(BatchyardError, match="has failed"):
        host.submit(lambda: 1).result(0)


def test_a_stop_does_a_last_round_and_refuses_what_comes_later(duties: Duties) -> None:
    host = Host(duties)
    host.start()
    host.submit(lambda: None).result(5)
    before = duties.rounds
    host.stop()
    assert duties.rounds > before
    with pytest.raises(BatchyardError, match="stopped"):
        host.submit(lambda: 1).result(0)


def test_mail_of_many_threads_arrives(host: Host) -> None:
    seen: list[int] = []

    def send(number: int) -> Callable[[], None]:
        return lambda: seen.append(number)

    def many(start: int) -> None:
        for number in range(start, start + 100):
            host.submit(send(number))

    threads = [threading.Thread(target=many, args=(start,)) for start in range(0, 400, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    host.submit(lambda: None).result(5)
    assert sorted(seen) == list(range(400))
