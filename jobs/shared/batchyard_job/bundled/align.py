"""`@bwa-index REFERENCE` and `@align REFERENCE FASTQ1 FASTQ2 SAMPLE THREADS [OPTIONS]`: BWA-MEM by pybwa.

The alignment goes to standard output as uncompressed BAM, mates together, with what samtools markdup needs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from batchyard_job import fastq
from batchyard_job.bundled import bwa_options, htslib, pairing
from batchyard_job.fastq import Read

Pair = tuple[Read, Read]


def main(argv: Sequence[str]) -> None:
    """Index a reference or align reads to it."""
    import pybwa

    pybwa.set_bwa_verbosity(pybwa.BwaVerbosity.ERROR)
    if argv[0] == "bwa-index":
        pybwa.BwaIndex.index(argv[1])
        return
    reference, first, second = (Path(name) for name in argv[1:4])
    _align(reference, fastq.pairs(first, second), sample=argv[4], threads=int(argv[5]), extra=argv[6:])


def _align(
    reference: Path, pairs: Iterable[Pair], *, sample: str, threads: int, extra: Sequence[str]
) -> None:
    import pybwa
    import pysam

    options, chunk_bases = bwa_options.parse(extra)
    if not reference.with_suffix(".dict").exists():
        htslib.run("samtools", "dict", ["-o", str(reference.with_suffix(".dict")), str(reference)])
    aligner = pybwa.BwaMem(prefix=reference)
    # The library would cut chunks of its own; ours are cut already, alike for any number of threads.
    settings = pybwa.BwaMemOptions(
        threads=threads, interleaved_paired_end=True, chunk_size=2 * chunk_bases, **options
    )
    limits = pairing.FALLBACK
    with pysam.AlignmentFile(sys.stdout, "wbu", header=_header(reference, sample)) as out:
        for chunk in chunks(pairs, chunk_bases):
            aligned = aligner.align(_queries(chunk), settings)
            limits = _write(chunk, aligned, limits, sample, out)


def chunks(pairs: Iterable[Pair], bases: int) -> Iterator[list[Pair]]:
    """Cut pairs into lists of at least so many bases: the unit in which insert sizes are estimated."""
    chunk: list[Pair] = []
    held = 0
    for pair in pairs:
        chunk.append(pair)
        held += len(pair[0].bases) + len(pair[1].bases)
        if held >= bases:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


def _queries(chunk: Sequence[Pair]) -> list[Any]:
    from pysam import FastxRecord

    return [
        FastxRecord(
            name=read.name.decode(errors="replace"),
            sequence=read.bases.decode("ascii"),
            quality=read.qualities.decode("ascii"),
        )
        for pair in chunk
        for read in pair
    ]


def _write(
    chunk: Sequence[Pair],
    aligned: Sequence[Sequence[Any]],
    before: pairing.Bounds,
    group: str,
    out: Any,  # noqa: ANN401
) -> pairing.Bounds:
    mates = list(zip(aligned[::2], aligned[1::2], strict=True))
    ends = [(pairing.primary(one), pairing.primary(two)) for one, two in mates]
    inserts = [pairing.insert_of(one, two) for one, two in ends]
    known = [
        size for size, (one, two) in zip(inserts, ends, strict=True) if size and pairing.confident(one, two)
    ]
    low, high = limits = pairing.bounds(known, before)
    for (first, second), (one, two), size in zip(chunk, mates, inserts, strict=True):
        proper = size is not None and low <= size <= high
        score_of_first, score_of_second = (pairing.mate_score(read.qualities) for read in (first, second))
        pairing.complete(one, second=False, proper=proper, score=score_of_second, group=group)
        pairing.complete(two, second=True, proper=proper, score=score_of_first, group=group)
        for record in (*one, *two):
            out.write(record)
    return limits


def _header(reference: Path, sample: str) -> dict[str, Any]:
    """Return a header without times, paths and command lines: the same reads give the same bytes anywhere."""
    index = reference.with_name(reference.name + ".fai")
    if not index.exists():
        htslib.run("samtools", "faidx", [str(reference)])
    lengths = [line.split("\t")[:2] for line in index.read_text().splitlines()]
    return {
        "HD": {"VN": "1.6", "SO": "unsorted", "GO": "query"},
        "SQ": [{"SN": name, "LN": int(length)} for name, length in lengths],
        "RG": [{"ID": sample, "SM": sample, "LB": sample, "PL": "ILLUMINA"}],
    }
