"""`@call REFERENCE BAM OUT THREADS [OPTIONS]`: variants by bcftools mpileup, call and norm, region by region.

Regions are of a fixed size, so that the result does not depend on how many of them run at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from batchyard_job.bundled import htslib
from batchyard_job.bundled.parent import die_with_parent

_REGION_BASES = 1_000_000


def main(argv: Sequence[str]) -> None:
    """Call variants; OUT is a bgzipped VCF, indexed by tabix."""
    reference, bam, out, threads = argv[1:5]
    if not Path(reference + ".fai").exists():
        htslib.run("samtools", "faidx", [reference])
    if not Path(bam + ".bai").exists():
        htslib.run("samtools", "index", [bam])
    index = Path(reference + ".fai").read_text().splitlines()
    lengths = [(line.split("\t")[0], int(line.split("\t")[1])) for line in index]
    spans = regions(lengths, _REGION_BASES)
    called = _call_all(spans, partial(call_region, reference, bam, argv[5:]), int(threads))
    _join(reference, called, out)


def regions(lengths: Sequence[tuple[str, int]], size: int) -> list[str]:
    """Cut contigs into regions.

    Args:
        lengths: name and length in bases of every contig.
        size: the largest region, in bases.

    Returns:
        regions as samtools writes them, 1-based and inclusive, that cover every base once.
    """
    return [
        # Braces keep names that hold colons (HLA alleles) from being read as regions.
        f"{{{name}}}:{start + 1}-{min(start + size, length)}"
        for name, length in lengths
        for start in range(0, length, size)
    ]


def call_region(reference: str, bam: str, options: Sequence[str], numbered: tuple[int, str]) -> str:
    """Call one region and return the file of its calls.

    Args:
        reference: FASTA file, indexed.
        bam: alignments, indexed.
        options: further options of mpileup.
        numbered: the region and its number.
    """
    number, region = numbered
    piled, called = f"tmp/piled-{number}.bcf", f"tmp/called-{number}.bcf"
    pileup = ["--no-version", "-f", reference, "-r", region, "-a", "FORMAT/AD,FORMAT/DP", *options]
    htslib.run("bcftools", "mpileup", [*pileup, "-Ou", "-o", piled, bam])
    htslib.run("bcftools", "call", ["--no-version", "-m", "-v", "-Ob", "-o", called, piled])
    Path(piled).unlink()
    return called


def _call_all(spans: Sequence[str], one: partial[str], threads: int) -> list[str]:
    numbered = list(enumerate(spans))
    if threads == 1 or len(numbered) == 1:
        return [one(item) for item in numbered]
    context = get_context("fork")
    with ProcessPoolExecutor(min(threads, len(numbered)), context, initializer=die_with_parent) as pool:
        return list(pool.map(one, numbered))


def _join(reference: str, called: Sequence[str], out: str) -> None:
    joined = "tmp/joined.bcf"
    listing = Path("tmp/called.txt")
    listing.write_text("".join(f"{name}\n" for name in called))
    htslib.run("bcftools", "concat", ["--no-version", "-Ou", "-o", joined, "-f", str(listing)])
    arguments = ["--no-version", "-f", reference, "-m", "-any", "-Oz", "-W=tbi", "-o", out, joined]
    htslib.run("bcftools", "norm", arguments)
