"""Read pairs as a sequencer would give them: from both haplotypes, with errors, qualities and duplicates."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from batchyard.demo.genes import reverse_complement

_INSERT = (300, 40)  # mean and standard deviation of fragments, in bases
_DUPLICATES = 0.03
_PROFILES = 64
# Qualities in bins (Phred), as current sequencers report them, and the chance per base to fall to the next.
_BINS = (37, 25, 12)
_FALL = (0.0015, 0.01)
_OTHERS = {"A": "CGT", "C": "AGT", "G": "ACT", "T": "ACG"}


@dataclass(frozen=True)
class _Profile:
    """Qualities of a read, and the summed probability of an error up to each base."""

    letters: str
    hazard: tuple[float, ...]


def simulate(
    random: Random, haplotypes: Sequence[str], *, pairs: int, length: int, name: str
) -> tuple[str, str, int]:
    """Return both FASTQ texts and the number of pairs in them.

    Args:
        random: the source of chance.
        haplotypes: sequences that fragments are drawn from, equally often.
        pairs: fragments to draw; duplicates come on top.
        length: bases per read.
        name: what read names start with.
    """
    profiles = [_profile(random, length) for _ in range(_PROFILES)]
    texts: tuple[list[str], list[str]] = ([], [])
    number = 0
    for _ in range(pairs):
        ends = _fragment(random, haplotypes, length)
        copies = 2 if random.random() < _DUPLICATES else 1
        for _ in range(copies):  # a duplicate is the same fragment, read again with errors of its own
            number += 1
            for text, bases in zip(texts, ends, strict=True):
                text.append(_record(random, f"{name}:{number}", bases, profiles))
    return "".join(texts[0]), "".join(texts[1]), number


def _fragment(random: Random, haplotypes: Sequence[str], length: int) -> tuple[str, str]:
    haplotype = haplotypes[random.random() < 0.5]
    size = max(length, min(len(haplotype), round(random.gauss(*_INSERT))))
    start = int(random.random() * (len(haplotype) - size + 1))
    left = haplotype[start : start + length]
    right = reverse_complement(haplotype[start + size - length : start + size])
    return (left, right) if random.random() < 0.5 else (right, left)


def _record(random: Random, name: str, bases: str, profiles: Sequence[_Profile]) -> str:
    profile = profiles[int(random.random() * len(profiles))]
    passed = -math.log(1.0 - random.random())
    while passed < profile.hazard[-1]:
        at = bisect_left(profile.hazard, passed)
        bases = f"{bases[:at]}{_OTHERS[bases[at]][int(random.random() * 3)]}{bases[at + 1 :]}"
        passed += -math.log(1.0 - random.random())
    return f"@{name}\n{bases}\n+\n{profile.letters}\n"


def _profile(random: Random, length: int) -> _Profile:
    level = 0
    values: list[int] = []
    for at in range(length):
        # Quality falls towards the end of a read.
        if level < len(_FALL) and random.random() < _FALL[level] * 2 * at / length:
            level += 1
        values.append(_BINS[level])
    letters = "".join(chr(33 + value) for value in values)
    return _Profile(letters, tuple(accumulate(10 ** (-value / 10) for value in values)))
