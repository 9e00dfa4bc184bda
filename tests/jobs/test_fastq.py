from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchyard_job import fastq
from batchyard_job.errors import BadInputError

GOOD = b"@r1/1\nACGT\n+\nIIII\n@r2/1 more words\nACGTN\n+r2\nIIIII\n"
MATES = GOOD.replace(b"/1", b"/2")

reads = st.lists(st.text("ACGTN", min_size=1, max_size=20), min_size=1, max_size=8)


def files(folder: Path, first: bytes, second: bytes) -> tuple[Path, Path]:
    paths = folder / "r_1.fastq", folder / "r_2.fastq"
    for path, data in zip(paths, (first, second), strict=True):
        path.write_bytes(data)
    return paths


def text(sequences: list[str]) -> bytes:
    return "".join(f"@x{n}\n{bases}\n+\n{'@' * len(bases)}\n" for n, bases in enumerate(sequences)).encode()


def test_mates_pair_whatever_suffix_and_words_their_names_have(tmp_path: Path) -> None:
    assert fastq.check(*files(tmp_path, GOOD, MATES)) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(sequences=reads, packed=st.booleans())
def test_what_was_written_is_read(tmp_path: Path, sequences: list[str], packed: bool) -> None:
    data = text(sequences)
    one, two = files(tmp_path, gzip.compress(data, mtime=0) if packed else data, data)
    got = [(first.bases.decode(), second.bases.decode()) for first, second in fastq.pairs(one, two)]
    assert got == [(bases, bases) for bases in sequences]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(sequences=reads, data=st.data())
def test_a_gzipped_file_cut_anywhere_is_bad_input(
    tmp_path: Path, sequences: list[str], data: st.DataObject
) -> None:
    whole = gzip.compress(text(sequences), mtime=0)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(BadInputError):
        fastq.check(*files(tmp_path, whole[:cut], text(sequences)))


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (b"", b"", "hold no reads"),
        (GOOD, MATES[: MATES.index(b"@r2")], "r_1.fastq holds more reads than r_2.fastq, which ends after 1"),
        (GOOD, MATES.replace(b"@r2", b"@r3"), "do not pair: record 2 .* 'r2' and 'r3'"),
        (GOOD[:-8], MATES, "r_1.fastq: record 2 is malformed"),
        (
            GOOD.replace(b"IIIII", b"III"),
            MATES,
            "record 2 is malformed: it has not as many qualities as bases",
        ),
        (
            GOOD.replace(b"@r2", b">r2"),
            MATES,
            "record 2 is malformed: its first line does not start with '@'",
        ),
        (GOOD.replace(b"+r2", b"-r2"), MATES, "third line does not start with"),
        (GOOD.replace(b"ACGTN", b"AC TN"), MATES, "letters that are no bases"),
        (gzip.compress(GOOD, mtime=0)[:-12], MATES, "r_1.fastq is truncated"),
        (
            gzip.compress(GOOD, mtime=0)[:12] + b"\xff\xff\xff\xff" + gzip.compress(GOOD, mtime=0)[16:],
            MATES,
            "r_1.fastq is corrupt",
        ),
    ],
)
def test_damage_is_named_with_its_place(tmp_path: Path, first: bytes, second: bytes, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        fastq.check(*files(tmp_path, first, second))
