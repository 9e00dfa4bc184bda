"""Generates a sequencing sample whose variants are known: reference, genes, read pairs and truth.

Pure standard library, and the same bytes for the same arguments.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from random import Random

from batchyard.demo import genes, reads, variants
from batchyard.errors import BatchyardError

CONTIG = "demo"
_FASTA_WIDTH = 60


@dataclass(frozen=True)
class Sample:
    """A generated sample.

    Args:
        sample_id: the sample's name, in read names and in the truth.
        reference: FASTA of one contig.
        gff: genes as GFF3 in Ensembl's form, as bcftools csq reads it.
        fastq1: first reads, gzipped.
        fastq2: their mates, in the same order.
        truth_vcf: the variants with genotypes.
        pairs: number of read pairs, duplicates included.
    """

    sample_id: str
    reference: Path
    gff: Path
    fastq1: Path
    fastq2: Path
    truth_vcf: Path
    pairs: int

    @property
    def files(self) -> tuple[Path, ...]:
        """Return all files of the sample."""
        return (self.reference, self.gff, self.fastq1, self.fastq2, self.truth_vcf)


def generate(
    directory: Path,
    *,
    seed: int,
    sample_id: str,
    reference_bases: int = 60_000,
    coverage: int = 40,
    snvs: int = 40,
    indels: int = 4,
    read_length: int = 100,
) -> Sample:
    """Generate a sample.

    Args:
        directory: where the files go; made if it is not there.
        seed: the same seed gives the same bytes.
        sample_id: the sample's name.
        reference_bases: length of the reference, in bases.
        coverage: mean depth of the reads, duplicates not counted.
        snvs: number of single-nucleotide variants; a quarter of them lies in coding sequence.
        indels: number of insertions and deletions of 1 to 6 bases.
        read_length: bases per read.

    Returns:
        where the files are.

    Raises:
        BatchyardError: the reference is too short for the reads, the genes or the variants.
    """
    shortest = max(3_000, 12 * read_length, 100 * (snvs + indels))
    if reference_bases < shortest or min(coverage, read_length) < 1 or min(snvs, indels) < 0:
        raise BatchyardError(
            f"a reference of {reference_bases} bases can not hold {snvs} SNVs and {indels} indels",
            where="sample generator",
            fix=f"use at least {shortest} bases, and positive numbers",
        )
    random = Random(seed)  # noqa: S311 - simulation, no secret
    sequence, annotation = genes.reference(random, reference_bases)
    truth = variants.place(random, sequence, annotation, snvs=snvs, indels=indels, margin=4 * read_length)
    haplotypes = variants.haplotypes(sequence, truth)
    first, second, pairs = reads.simulate(
        random,
        haplotypes,
        pairs=reference_bases * coverage // (2 * read_length),
        length=read_length,
        name=sample_id,
    )
    directory.mkdir(parents=True, exist_ok=True)
    return Sample(
        sample_id,
        _write(directory / "reference.fa", _fasta(sequence)),
        _write(directory / "genes.gff3", genes.gff(CONTIG, len(sequence), annotation)),
        _write(directory / "reads_1.fastq.gz", first),
        _write(directory / "reads_2.fastq.gz", second),
        _write(directory / "truth.vcf", variants.vcf(CONTIG, len(sequence), truth, sample_id)),
        pairs,
    )


def smoke(directory: Path) -> Sample:
    """Generate the sample of the exome workflow's smoke test, small enough to be kept with the workflow.

    Args:
        directory: where the files go.
    """
    return generate(
        directory, seed=1, sample_id="smoke", reference_bases=8_000, coverage=30, snvs=10, indels=2
    )


def _fasta(sequence: str) -> str:
    lines = [sequence[start : start + _FASTA_WIDTH] for start in range(0, len(sequence), _FASTA_WIDTH)]
    return "\n".join([f">{CONTIG}", *lines, ""])


def _write(path: Path, text: str) -> Path:
    data = text.encode("ascii")
    # A time in the gzip header would change the bytes.
    path.write_bytes(gzip.compress(data, compresslevel=6, mtime=0) if path.suffix == ".gz" else data)
    return path
