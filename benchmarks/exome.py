#!/usr/bin/env python3
"""exome's wall time on a medium sample against the same commands in a plain shell script, in one run.

The script runs the entry points that the jobs run, with files in place of S3, and the branches in parallel as
the state machine has them. What the kit takes more is state machine, queues, transfers and publishing.
"""

from __future__ import annotations

import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
# 200,000 read pairs: some twenty seconds of work on two cores.
MEDIUM: dict[str, int] = {"reference_bases": 1_000_000, "coverage": 40, "snvs": 500, "indels": 50}


def run() -> dict[str, Any]:
    """Measure both, alternating, and return the ratio of the medians."""
    sys.path.insert(0, str(ROOT))
    from tests.stack import Stack

    from batchyard.demo.sample import generate

    with tempfile.TemporaryDirectory() as folder:
        sample = generate(Path(folder, "sample"), seed=11, sample_id="medium", **MEDIUM)
        stack = Stack(ROOT, Path(folder), "local")
        try:
            stack.up()
            pairs = [
                (_kit(stack, sample, number), _script(sample, Path(folder, str(number))))
                for number in range(ROUNDS)
            ]
        finally:
            stack.down()
    kit, script = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {
        "exome in the kit": {"value": kit, "unit": "s", "aim": "-"},
        "the same commands in a shell script": {"value": script, "unit": "s", "aim": "-"},
        "kit / script": {"value": kit / script, "unit": "x", "aim": "<= 1.15"},
    }


def _kit(stack: Any, sample: Any, number: int) -> float:
    names = stack.outputs()["bucket_names"]
    files = {
        "fastq1": sample.fastq1,
        "fastq2": sample.fastq2,
        "reference": sample.reference,
        "gff": sample.gff,
    }
    document = {
        f"{key}S3Path": stack.put(names["data"], f"bench/{path.name}", path) for key, path in files.items()
    }
    began = time.monotonic()
    answer = stack.run(
        "exome", document | {"sampleId": "medium", "resultsS3Path": f"s3://{names['results']}/bench/{number}"}
    )
    took = time.monotonic() - began
    assert answer["status"] == "SUCCEEDED", answer
    return took


def _script(sample: Any, folder: Path) -> float:
    out = f"file://{folder}/results/medium"
    common = {
        "reference_s3_path": f"file://{sample.reference}",
        "working_dir": str(folder / "work"),
        "sample_id": "medium",
    }
    align = {"bam_s3_folder_path": f"{out}/bam", "fastq1_s3_path": f"file://{sample.fastq1}"}
    align |= {"fastq2_s3_path": f"file://{sample.fastq2}"}
    bam, vcf = {"bam_s3_path": f"{out}/bam/aligned.bam"}, {"vcf_s3_folder_path": f"{out}/vcf"}
    annotate = {"vcf_s3_path": f"{out}/vcf/variants.vcf.gz", "gff_s3_path": f"file://{sample.gff}"}
    lines = [
        "set -e",
        _line("align", common | align),
        f"({_line('call', common | bam | vcf)}; {_line('annotate', common | annotate | vcf)}) & first=$!",
        _line("stats", common | bam | {"stats_s3_folder_path": f"{out}/stats"}),
        "wait $first",
    ]
    (folder / "work").mkdir(parents=True)
    began = time.monotonic()
    subprocess.run(["bash", "-c", "\n".join(lines)], check=True, capture_output=True)
    return time.monotonic() - began


def _line(job: str, flags: dict[str, str]) -> str:
    words = [sys.executable, str(ROOT / "jobs" / job / "main.py")]
    return shlex.join(words + [word for key, value in flags.items() for word in (f"--{key}", value)])


if __name__ == "__main__":
    for label, figure in run().items():
        print(label, figure)
