"""Checks of inputs before a tool runs, so that bad input is told from a bad tool."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

from batchyard_job import fastq
from batchyard_job.compressed import readable
from batchyard_job.errors import BadInputError
from batchyard_job.tool import Step, Tool

# The end-of-file block that the BAM format demands (SAM specification, section 4.1.2).
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def check(step: Step, chosen: Tool, values: Mapping[str, str], work: Path) -> None:
    """Check every input of a step.

    Args:
        step: names the inputs and their kinds.
        chosen: the tool; the built-in aligner checks reads as it streams them, so they are not read twice.
        values: holds the inputs' paths.
        work: what the paths are relative to.

    Raises:
        BadInputError: an input is empty, truncated, corrupt or not of its kind.
    """
    files = {name: work / values[name] for name in step.inputs}
    reads = [files[name] for name, item in step.inputs.items() if item.kind == "fastq"]
    if len(reads) == 2 and not chosen.uses("@align"):
        fastq.check(*reads)
    for name, item in step.inputs.items():
        if files[name].stat().st_size == 0:
            raise BadInputError(f"{files[name].name} is empty")
        if item.kind == "fasta":
            _reference(files[name])
        elif item.kind == "bam":
            _bam(files[name])
        elif item.kind == "vcf" and files[name].suffix == ".gz":
            _compressed(files[name])


def _reference(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if not head.startswith(b">"):
        raise BadInputError(f"{path.name} is not a FASTA file: it does not start with '>'")
    if not any(line.strip() for line in head.split(b"\n") if not line.startswith(b">")):
        raise BadInputError(f"{path.name}: the reference is empty: it holds no bases")


def _bam(path: Path) -> None:
    with path.open("rb") as file:
        starts_well = file.read(2) == b"\x1f\x8b"
        file.seek(max(0, path.stat().st_size - len(_BGZF_END)))
        if not starts_well or file.read() != _BGZF_END:
            raise BadInputError(
                f"{path.name} is truncated or not a BAM file: its end-of-file block is missing"
            )


def _compressed(path: Path) -> None:
    with readable(path), gzip.open(path) as file:
        while file.read(1 << 20):
            pass
