"""`python -m batchyard.demo.upload`: a generated sample in the data bucket, and the input of exome for it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchyard.demo.sample import Sample
    from batchyard.environments import Environment

SAMPLE_ID, SEED = "demo", 20


def prepare(environment: Environment, folder: Path) -> tuple[Sample, dict[str, str]]:
    """Generate a sample and copy it to the environment's data bucket.

    Args:
        environment: where to; applied before.
        folder: for the sample's files on this machine.

    Returns:
        The sample, and the execution input of `exome` for it.
    """
    from batchyard.aws import client
    from batchyard.demo.sample import generate

    sample = generate(folder, seed=SEED, sample_id=SAMPLE_ID)
    s3, bucket = client(environment, "s3"), environment.names.bucket("data")
    document = {"sampleId": SAMPLE_ID, "resultsS3Path": f"s3://{environment.names.bucket('results')}/demo"}
    fields = {"fastq1S3Path": sample.fastq1, "fastq2S3Path": sample.fastq2}
    fields |= {"referenceS3Path": sample.reference, "gffS3Path": sample.gff}
    for field, path in fields.items():
        s3.upload_file(str(path), bucket, f"demo/{path.name}")
        document[field] = f"s3://{bucket}/demo/{path.name}"
    return sample, document


def main() -> int:
    """Upload a sample and write its input to a file."""
    from batchyard.environments import load
    from batchyard.output import Output
    from batchyard.paths import machine_dir

    parser = argparse.ArgumentParser(prog="python -m batchyard.demo.upload", description=__doc__)
    parser.add_argument("--env", default="local", help="the environment (default local)")
    parser.add_argument("--file", type=Path, required=True, help="where to write the input, as JSON")
    given = parser.parse_args()
    sample, document = prepare(load(given.env), machine_dir() / "demo" / "sample")
    given.file.parent.mkdir(parents=True, exist_ok=True)
    given.file.write_text(json.dumps(document, indent=2) + "\n")
    output = Output()
    output.line(f"{sample.pairs} read pairs uploaded, input written to {given.file}")
    output.line(f"run it: batchyard run start exome --env {given.env} --input {given.file} --wait")
    return 0


if __name__ == "__main__":
    from batchyard.__main__ import guarded

    sys.exit(guarded(main))
