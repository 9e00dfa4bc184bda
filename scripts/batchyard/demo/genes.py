"""A random reference with coding genes, and their annotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

_COMPLEMENT = str.maketrans("ACGT", "TGCA")
_STOPS = ("TAA", "TAG", "TGA")
_CODONS = ["".join(letters) for letters in product("ACGT", repeat=3) if "".join(letters) not in _STOPS]
_WINDOW = 1_000  # bases of one GC content, as in the isochores of real genomes
_GC = (0.36, 0.54)
_GENE_EVERY = 8_000
_CODONS_PER_EXON = (50, 90)
_INTRON = (120, 240)
_UTR = 60


@dataclass(frozen=True)
class Gene:
    """A gene of two exons.

    Args:
        number: from 1.
        strand: `+` or `-`.
        start: first base of the gene, 0-based.
        end: the base after its last, 0-based.
        coding: coding parts from left to right, 0-based and half-open; untranslated parts lie outside.
    """

    number: int
    strand: str
    start: int
    end: int
    coding: tuple[tuple[int, int], tuple[int, int]]


def reverse_complement(sequence: str) -> str:
    """Return the other strand, read in its own direction."""
    return sequence.translate(_COMPLEMENT)[::-1]


def reference(random: Random, bases: int) -> tuple[str, list[Gene]]:
    """Return a reference sequence and its genes.

    Args:
        random: the source of chance.
        bases: the length; at least 3,000.
    """
    sequence = list(_background(random, bases))
    genes: list[Gene] = []
    count = max(1, bases // _GENE_EVERY)
    room = bases // count
    for number in range(1, count + 1):
        gene, text = _gene(random, number, (number - 1) * room + room // 4)
        sequence[gene.start : gene.end] = text
        genes.append(gene)
    return "".join(sequence), genes


def gff(contig: str, bases: int, genes: Sequence[Gene]) -> str:
    """Return GFF3 text with identifiers in Ensembl's form, which bcftools csq demands."""
    lines = ["##gff-version 3", f"##sequence-region {contig} 1 {bases}"]
    for gene in genes:
        lines += [f"{contig}\tdemo\t{line}" for line in _features(gene)]
    return "\n".join([*lines, ""])


def _background(random: Random, bases: int) -> str:
    windows = []
    for start in range(0, bases, _WINDOW):
        gc = _GC[0] + random.random() * (_GC[1] - _GC[0])
        weights = ((1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2)
        windows.append("".join(random.choices("ACGT", weights, k=min(_WINDOW, bases - start))))
    return "".join(windows)


def _gene(random: Random, number: int, start: int) -> tuple[Gene, str]:
    exons = [3 * random.randint(*_CODONS_PER_EXON) for _ in range(2)]
    inner = "".join(random.choices(_CODONS, k=sum(exons) // 3 - 2))
    coding = f"ATG{inner}{random.choice(_STOPS)}"
    # Phases other than 0 have to occur, so the intron may split a codon.
    cut = exons[0] + random.randrange(3) - 1
    intron = "GT" + "".join(random.choices("ACGT", k=random.randint(*_INTRON))) + "AG"
    outer = ["".join(random.choices("ACGT", k=_UTR)) for _ in range(2)]
    text = outer[0] + coding[:cut] + intron + coding[cut:] + outer[1]
    parts = ((_UTR, _UTR + cut), (_UTR + cut + len(intron), len(text) - _UTR))
    strand = random.choice("+-")
    if strand == "-":
        text = reverse_complement(text)
        parts = (
            (len(text) - parts[1][1], len(text) - parts[1][0]),
            (len(text) - parts[0][1], len(text) - parts[0][0]),
        )
    placed = ((start + parts[0][0], start + parts[0][1]), (start + parts[1][0], start + parts[1][1]))
    return Gene(number, strand, start, start + len(text), placed), text


def _features(gene: Gene) -> list[str]:
    (left, left_end), (right, right_end) = gene.coding
    gene_id, transcript = f"DEMOG{gene.number:05}", f"DEMOT{gene.number:05}"
    name = f"DEMO{gene.number}"
    own = f"biotype=protein_coding;Name={name}"
    parent = f"Parent=transcript:{transcript}"
    first_part, second_part = gene.coding if gene.strand == "+" else gene.coding[::-1]
    # GFF3's phase: bases to skip to the next codon.
    phases = {first_part: 0, second_part: -(first_part[1] - first_part[0]) % 3}
    five, three = (
        ("five_prime_UTR", "three_prime_UTR") if gene.strand == "+" else ("three_prime_UTR", "five_prime_UTR")
    )
    whole = (gene.start, gene.end)
    return [
        _line("gene", whole, gene.strand, ".", f"ID=gene:{gene_id};{own};gene_id={gene_id}"),
        _line("mRNA", whole, gene.strand, ".", f"ID=transcript:{transcript};Parent=gene:{gene_id};{own}"),
        _line(five, (gene.start, left), gene.strand, ".", parent),
        _line("exon", (gene.start, left_end), gene.strand, ".", parent),
        *(
            _line("CDS", part, gene.strand, str(phases[part]), f"ID=CDS:DEMOP{gene.number:05};{parent}")
            for part in gene.coding
        ),
        _line("exon", (right, gene.end), gene.strand, ".", parent),
        _line(three, (right_end, gene.end), gene.strand, ".", parent),
    ]


def _line(kind: str, span: tuple[int, int], strand: str, phase: str, attributes: str) -> str:
    return f"{kind}\t{span[0] + 1}\t{span[1]}\t.\t{strand}\t{phase}\t{attributes}"
