"""Paired FASTQ files: read once, record by record, and checked on the way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from batchyard_job.compressed import open_plain, readable
from batchyard_job.errors import BadInputError

_BASES = b"ACGTNacgtnUuRYSWKMBDHVryswkmbdhv."


class Read(NamedTuple):
    """One record: the name up to the first blank and without `/1` or `/2`, bases, qualities."""

    name: bytes
    bases: bytes
    qualities: bytes


def check(first: Path, second: Path) -> int:
    """Read two files to their end and return the number of pairs.

    Raises:
        BadInputError: as `pairs`.
    """
    return sum(1 for _ in pairs(first, second))


def pairs(first: Path, second: Path) -> Iterator[tuple[Read, Read]]:
    """Yield read pairs.

    Args:
        first: the file of first reads, gzipped or plain.
        second: the file of their mates, in the same order.

    Raises:
        BadInputError: a file is empty, truncated or corrupt, a record is malformed, or the files do not pair.
    """
    count = 0
    for one, two in zip_longest(records(first), records(second)):
        count += 1
        if one is None or two is None:
            longer, shorter = (second, first) if one is None else (first, second)
            raise BadInputError(
                f"{longer.name} holds more reads than {shorter.name}, which ends after {count - 1}"
            )
        if one.name != two.name:
            names = f"{one.name.decode(errors='replace')!r} and {two.name.decode(errors='replace')!r}"
            raise BadInputError(
                f"reads do not pair: record {count} of {first.name} and {second.name} is {names}"
            )
        yield one, two
    if not count:
        raise BadInputError(f"{first.name} and {second.name} hold no reads")


def records(path: Path) -> Iterator[Read]:
    """Yield the records of one file.

    Raises:
        BadInputError: the file is truncated or corrupt, or a record is malformed.
    """
    number = 0
    with readable(path), open_plain(path) as file:
        for header in file:
            number += 1
            bases, plus, qualities = file.readline(), file.readline(), file.readline()
            if not qualities:
                if not header.strip() and not bases:
                    return  # a blank line at the end harms nobody
                raise _malformed(path, number, "the file ends within it")
            bases, qualities = bases.rstrip(), qualities.rstrip(b"\r\n")
            if header[:1] != b"@" or plus[:1] != b"+" or len(bases) != len(qualities):
                raise _malformed(path, number, _why(header, plus))
            if bases.translate(None, _BASES):
                raise _malformed(path, number, "it holds letters that are no bases")
            yield Read(_name(header), bases, qualities)


def _name(header: bytes) -> bytes:
    name = header[1:].split(None, 1)[0] if len(header) > 2 else b""
    return name[:-2] if name[-2:] in (b"/1", b"/2") else name


def _why(header: bytes, plus: bytes) -> str:
    if header[:1] != b"@":
        return "its first line does not start with '@'"
    if plus[:1] != b"+":
        return "its third line does not start with '+'"
    return "it has not as many qualities as bases"


def _malformed(path: Path, number: int, why: str) -> BadInputError:
    return BadInputError(f"{path.name}: record {number} is malformed: {why}")
