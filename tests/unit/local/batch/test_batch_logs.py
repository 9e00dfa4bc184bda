"""Lines of a process as log events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from batchyard.local.batch.logs import LONGEST, LineSplitter


def _messages(chunks: list[bytes]) -> list[str]:
    splitter = LineSplitter()
    for chunk in chunks:
        splitter.feed(chunk)
    splitter.finish()
    return [message for _, message in splitter.take()]


@given(st.lists(st.binary(max_size=40)))
def test_lines_do_not_depend_on_how_the_bytes_arrive(chunks: list[bytes]) -> None:
    data = b"".join(chunks)
    expected = [line.removesuffix(b"\r").decode(errors="replace") for line in data.split(b"\n")]
    assert _messages(chunks) == [line for line in expected if line]


def test_long_lines_are_cut_to_the_size_of_an_event() -> None:
    lines = _messages([b"x" * (2 * LONGEST + 5), b"y\nz"])
    assert [len(line) for line in lines] == [LONGEST, LONGEST, 6, 1]
