"""Known variants: where they are, the two haplotypes that carry them, and the truth as VCF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from batchyard.demo.genes import Gene

_APART = 40  # bases between variants, so that each is seen for itself
_LONGEST_INDEL = 6
_HETEROZYGOUS = 0.6
_TRANSITION = 2 / 3  # two transitions for each transversion, as in human genomes
_TRANSITIONS = {"A": "G", "G": "A", "C": "T", "T": "C"}


@dataclass(frozen=True)
class Variant:
    """A variant in VCF's terms.

    Args:
        position: 0-based position of the first base of `ref`.
        ref: bases of the reference.
        alt: bases of the sample.
        carried: which of the two haplotypes carry it.
    """

    position: int
    ref: str
    alt: str
    carried: tuple[bool, bool]


def place(
    random: Random, sequence: str, genes: Sequence[Gene], *, snvs: int, indels: int, margin: int
) -> list[Variant]:
    """Place variants on a reference.

    Args:
        random: the source of chance.
        sequence: the reference.
        genes: a quarter of the SNVs is placed in their coding parts.
        snvs: number of single-nucleotide variants.
        indels: number of insertions and deletions, left-aligned as VCF wants them.
        margin: bases at either end that stay free, because reads are few there.

    Returns:
        the variants in order of position.
    """
    taken: set[int] = set()
    coding = [position for gene in genes for start, end in gene.coding for position in range(start, end)]
    anywhere = range(margin, len(sequence) - margin)
    placed: list[Variant] = []
    for number in range(snvs):
        position = _free(random, coding if number % 4 == 0 else anywhere, taken, anywhere)
        placed.append(_snv(random, sequence, position))
    while len(placed) < snvs + indels:
        position = _free(random, anywhere, taken, anywhere)
        placed.append(_indel(random, sequence, position))
    return sorted(placed, key=lambda variant: variant.position)


def haplotypes(sequence: str, variants: Sequence[Variant]) -> tuple[str, str]:
    """Return the sample's two haplotypes."""
    return _haplotype(sequence, variants, 0), _haplotype(sequence, variants, 1)


def vcf(contig: str, bases: int, variants: Sequence[Variant], sample_id: str) -> str:
    """Return the truth as VCF text."""
    lines = [
        "##fileformat=VCFv4.2",
        f"##contig=<ID={contig},length={bases}>",
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample_id}",
    ]
    for one in variants:
        genotype = "1/1" if all(one.carried) else "0/1"
        lines.append(f"{contig}\t{one.position + 1}\t.\t{one.ref}\t{one.alt}\t.\tPASS\t.\tGT\t{genotype}")
    return "\n".join([*lines, ""])


def _haplotype(sequence: str, variants: Sequence[Variant], which: int) -> str:
    parts: list[str] = []
    done = 0
    for variant in variants:
        if variant.carried[which]:
            parts += [sequence[done : variant.position], variant.alt]
            done = variant.position + len(variant.ref)
    return "".join([*parts, sequence[done:]])


def _free(random: Random, wanted: Sequence[int], taken: set[int], allowed: range) -> int:
    for _ in range(1_000):
        position = random.choice(wanted)
        if position in allowed and position not in taken:
            taken.update(range(position - _APART, position + _APART + 1))
            return position
    return _free(random, [each for each in allowed if each not in taken], taken, allowed)


def _snv(random: Random, sequence: str, position: int) -> Variant:
    ref = sequence[position]
    if random.random() < _TRANSITION:
        alt = _TRANSITIONS[ref]
    else:
        alt = random.choice([base for base in "ACGT" if base not in (ref, _TRANSITIONS[ref])])
    return Variant(position, ref, alt, _carried(random))


def _indel(random: Random, sequence: str, near: int) -> Variant:
    length = random.randint(1, _LONGEST_INDEL)
    deletion = random.random() < 0.5
    for position in range(near, near + _APART // 2):
        anchor = sequence[position]
        if deletion:
            deleted = sequence[position + 1 : position + 1 + length]
            if deleted[-1] != anchor:  # else it could be written further left
                return Variant(position, anchor + deleted, anchor, _carried(random))
        else:
            inserted = "".join(random.choices("ACGT", k=length))
            if inserted[-1] != anchor:
                return Variant(position, anchor, anchor + inserted, _carried(random))
    return _indel(random, sequence, near)  # a run of one base: try another length


def _carried(random: Random) -> tuple[bool, bool]:
    if random.random() >= _HETEROZYGOUS:
        return (True, True)
    return (True, False) if random.random() < 0.5 else (False, True)
