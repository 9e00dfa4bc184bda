"""A port is found, kept, or its holder named."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from batchyard.errors import BatchyardError
from batchyard.local import ports


@pytest.fixture
def taken() -> int:
    listener = socket.create_server(("127.0.0.1", 0))
    port = int(listener.getsockname()[1])
    yield port  # type: ignore[misc]
    listener.close()


def test_the_last_port_is_used_again(tmp_path: Path) -> None:
    memory = tmp_path / "port"
    first = ports.choose(None, memory)
    assert ports.choose(None, memory) == first
    memory.write_text(f"{(other := ports._any())}\n")
    assert ports.choose(None, memory) == other


def test_another_is_found_when_the_last_is_taken(tmp_path: Path, taken: int) -> None:
    memory = tmp_path / "port"
    memory.write_text(str(taken))
    found = ports.choose(None, memory)
    assert found != taken
    assert int(memory.read_text()) == found


def test_a_taken_one_is_refused_by_name(tmp_path: Path, taken: int) -> None:
    with pytest.raises(BatchyardError, match=rf"port {taken} is taken by .+\(pid {os.getpid()}\)") as raised:
        ports.choose(taken, tmp_path / "port")
    assert raised.value.fix.startswith("name another port, --port <other>")
    assert not (tmp_path / "port").exists()


def test_nobody_holds_a_free_port(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("not a number")
    assert ports.holder(ports._any()) is None
    assert ports.is_free(ports.choose(None, tmp_path / "port"))


def test_a_found_port_is_none_that_outgoing_connections_are_lent() -> None:
    """https://www.rfc-editor.org/rfc/rfc6335#section-6; Linux lends more of them, from 32768 on"""
    assert all(1024 <= ports._any() < 32_768 for _ in range(20))
