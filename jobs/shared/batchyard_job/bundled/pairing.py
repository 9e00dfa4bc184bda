"""What the aligner library leaves out of paired records: which read is which, proper pairs, mate scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Bounds = tuple[int, int]  # smallest and largest insert size of a proper pair, in bases

FALLBACK: Bounds = (1, 1000)
_ENOUGH = 10
_CONFIDENT = 20  # mapping quality, Phred
_PROPER, _FIRST, _SECOND, _NOT_PRIMARY, _UNMAPPED = 0x2, 0x40, 0x80, 0x900, 0x4
# Qualities below 15 do not count in the score that tells the best of duplicates (samtools fixmate -m).
_LOW = bytes(range(33 + 15))


def bounds(inserts: Sequence[int], before: Bounds) -> Bounds:
    """Estimate which insert sizes are proper, the way that BWA-MEM documents it.

    Args:
        inserts: insert sizes of confidently mapped pairs in forward-reverse orientation, in bases.
        before: what to return where they are too few: the estimate of the chunk before.

    Returns:
        the smallest and the largest proper insert size: the mean of the inner values plus or minus four
        standard deviations, and at least three interquartile ranges beyond the quartiles.
    """
    if len(inserts) < _ENOUGH:
        return before
    ordered = sorted(inserts)
    low, high = (ordered[int(share * len(ordered))] for share in (0.25, 0.75))
    reach = high - low
    inner = [size for size in ordered if low - 2 * reach <= size <= high + 2 * reach]
    mean = sum(inner) / len(inner)
    deviation = (sum((size - mean) ** 2 for size in inner) / len(inner)) ** 0.5
    return (
        max(1, int(min(low - 3 * reach, mean - 4 * deviation))),
        int(max(high + 3 * reach, mean + 4 * deviation) + 1),
    )


def insert_of(first: Any, second: Any) -> int | None:  # noqa: ANN401 - aligned segments of an untyped library
    """Return the insert size of two primary records in forward-reverse orientation, else None."""
    if (first.flag | second.flag) & _UNMAPPED or first.reference_id != second.reference_id:
        return None
    if first.is_reverse == second.is_reverse:
        return None
    size = int(second.template_length if first.is_reverse else first.template_length)
    return size if size > 0 else None


def confident(first: Any, second: Any) -> bool:  # noqa: ANN401
    """Say whether both records are mapped well enough to learn insert sizes from."""
    return bool(first.mapping_quality >= _CONFIDENT and second.mapping_quality >= _CONFIDENT)


def primary(records: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return the one primary record of a read."""
    return next(record for record in records if not record.flag & _NOT_PRIMARY)


def mate_score(qualities: bytes) -> int:
    """Return the sum of a read's good qualities, from their FASTQ letters."""
    good = qualities.translate(None, _LOW)
    return sum(good) - 33 * len(good)


def complete(records: Sequence[Any], *, second: bool, proper: bool, score: int, group: str) -> None:
    """Set flags and tags of one read's records.

    Args:
        records: its primary, secondary and supplementary records.
        second: it is the pair's second read.
        proper: the pair is proper.
        score: the mate's score.
        group: the read group.
    """
    flags = (_SECOND if second else _FIRST) | (_PROPER if proper else 0)
    for record in records:
        record.flag |= flags
        record.set_tag("ms", score, "i")
        record.set_tag("RG", group, "Z")
