"""Compares called variants with the truth: precision, recall and genotypes."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from batchyard.errors import BatchyardError

Key = tuple[str, int, str, str]  # contig, 1-based position, reference bases, other bases


@dataclass(frozen=True)
class Comparison:
    """How well calls agree with the truth.

    Args:
        precision: share of the calls that are true; 1 where there are none.
        recall: share of the truth that was called; 1 where there is none.
        tp: true variants that were called, whatever their genotype.
        fp: calls that are not in the truth.
        fn: true variants that were not called.
        genotype_matches: how many of `tp` have the true genotype.
        extra: the `fp`, such as `chr1:1234 A>T`.
        missed: the `fn`.
    """

    precision: float
    recall: float
    tp: int
    fp: int
    fn: int
    genotype_matches: int
    extra: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


def compare(truth_vcf: Path, calls_vcf: Path) -> Comparison:
    """Compare the first sample of two VCFs.

    Variants with several other alleles are split, and bases that both alleles share are trimmed; calls are
    expected left-aligned, as bcftools norm leaves them. Genotypes are compared by copies, not by phase.

    Args:
        truth_vcf: what is so; plain or gzipped.
        calls_vcf: what was called; plain or gzipped.

    Raises:
        BatchyardError: a file is missing or not a VCF with genotypes.
    """
    truth, calls = _read(truth_vcf), _read(calls_vcf)
    found = truth.keys() & calls.keys()
    extra, missed = calls.keys() - found, truth.keys() - found
    return Comparison(
        precision=len(found) / len(calls) if calls else 1.0,
        recall=len(found) / len(truth) if truth else 1.0,
        tp=len(found),
        fp=len(extra),
        fn=len(missed),
        genotype_matches=sum(truth[key] == calls[key] for key in found),
        extra=tuple(_text(key) for key in sorted(extra)),
        missed=tuple(_text(key) for key in sorted(missed)),
    )


def trimmed(position: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Return a variant without bases that both alleles share, but for one where an allele would be empty.

    Args:
        position: 1-based position of the first base of `ref`.
        ref: bases of the reference.
        alt: bases of the other allele.
    """
    while min(len(ref), len(alt)) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while min(len(ref), len(alt)) > 1 and ref[0] == alt[0]:
        position, ref, alt = position + 1, ref[1:], alt[1:]
    return position, ref, alt


def _read(path: Path) -> dict[Key, int]:
    try:
        return {key: copies for line in _records(path) for key, copies in _alleles(line)}
    except OSError as error:
        raise BatchyardError("can not be read", where=str(path), fix=str(error)) from error
    except (IndexError, ValueError) as error:
        raise BatchyardError(
            "not a VCF with genotypes", where=str(path), fix="see the VCF specification"
        ) from error


def _records(path: Path) -> Iterator[list[str]]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rt") if packed else path.open() as text:
        for line in text:
            if not line.startswith("#") and line.strip():
                yield line.rstrip("\n").split("\t")


def _alleles(fields: list[str]) -> Iterator[tuple[Key, int]]:
    contig, position, ref, others = fields[0], int(fields[1]), fields[3], fields[4].split(",")
    genotype = fields[9].split(":")[fields[8].split(":").index("GT")].replace("|", "/").split("/")
    for number, alt in enumerate(others, start=1):
        copies = genotype.count(str(number))
        if copies:
            yield (contig, *trimmed(position, ref.upper(), alt.upper())), copies


def _text(key: Key) -> str:
    return f"{key[0]}:{key[1]} {key[2]}>{key[3]}"
