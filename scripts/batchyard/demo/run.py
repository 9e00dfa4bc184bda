"""`python -m batchyard.demo.run`: the exome workflow on a generated sample, and how well it did.

The environment is up and applied before. Ends 0 only if the run succeeded and found what is true.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchyard.errors import ExecutionFailed
from batchyard.output import Output

if TYPE_CHECKING:
    from batchyard.demo.compare import Comparison
    from batchyard.demo.sample import Sample
    from batchyard.environments import Environment
    from batchyard.runs.report import RunReport

WORKFLOW, SAMPLE_ID, SEED = "exome", "demo", 20
LEAST = 0.95  # precision and recall that the caller reaches with room to spare on 40-fold coverage


@dataclass(frozen=True)
class DemoResult:
    """A finished demonstration run and how its calls compare with the truth."""

    run: RunReport
    comparison: Comparison

    @property
    def good(self) -> bool:
        """Say whether the calls are good enough."""
        return self.comparison.precision >= LEAST and self.comparison.recall >= LEAST


def demonstrate(environment: Environment, folder: Path, output: Output) -> DemoResult:
    """Generate a sample, run the exome workflow on it, and compare its calls with the truth.

    Args:
        environment: where; applied before.
        folder: for the sample and the downloaded calls.
        output: where progress goes.

    Raises:
        ExecutionFailed: the run did not succeed.
        BatchyardError: the workflow is not rendered or deployed.
    """
    from batchyard.demo.compare import compare
    from batchyard.demo.sample import generate
    from batchyard.runs.executions import wait
    from batchyard.runs.report import report
    from batchyard.runs.start import request, start

    sample = generate(folder / "sample", seed=SEED, sample_id=SAMPLE_ID)
    document = _input(environment, _upload(environment, sample))
    output.note(f"sample of {sample.pairs} read pairs uploaded")
    arn = start(environment, request(environment, WORKFLOW, document))
    output.note(f"started {arn.rsplit(':', 1)[1]}")
    run = report(environment, wait(environment, arn))
    if not run.succeeded:
        logs = f"what its steps wrote: batchyard run logs {run.name} --env {environment.environment}"
        raise ExecutionFailed(f"the demo run ended {run.status}: {run.why()}", where=run.arn, fix=logs)
    return DemoResult(
        run, compare(sample.truth_vcf, _download(environment, run.output["annotatedVcf"], folder))
    )


def _upload(environment: Environment, sample: Sample) -> dict[str, str]:
    """Copy the sample to the data bucket and return the URIs by the execution input's names."""
    from batchyard.aws import client

    s3, bucket, uris = client(environment, "s3"), environment.names.bucket("data"), {}
    fields = {"fastq1S3Path": sample.fastq1, "fastq2S3Path": sample.fastq2}
    fields |= {"referenceS3Path": sample.reference, "gffS3Path": sample.gff}
    for field, path in fields.items():
        s3.upload_file(str(path), bucket, f"demo/{path.name}")
        uris[field] = f"s3://{bucket}/demo/{path.name}"
    return uris


def _input(environment: Environment, uris: dict[str, str]) -> dict[str, str]:
    results = f"s3://{environment.names.bucket('results')}/demo"
    return {"sampleId": SAMPLE_ID, "resultsS3Path": results, **uris}


def _download(environment: Environment, uri: str, folder: Path) -> Path:
    from batchyard.aws import client, split_s3

    bucket, key = split_s3(uri)
    path = folder / key.rsplit("/", 1)[-1]
    client(environment, "s3").download_file(bucket, key, str(path))
    return path


def show(result: DemoResult, output: Output) -> None:
    """Print where the results are, how long each step took, and precision and recall."""
    run, compared = result.run, result.comparison
    output.line(f"\nrun {run.name}: {run.status} in {run.seconds:.1f} s")
    output.table(
        ("step", "status", "seconds"), [(s.state, s.status, f"{s.seconds or 0:.1f}") for s in run.steps]
    )
    output.line("results:")
    for name, value in sorted(run.output.items()):
        if str(value).startswith("s3://"):
            output.line(f"  {name:<14} {value}")
    output.line(f"precision {compared.precision:.3f} ({compared.fp} calls that are not true)")
    output.line(f"recall    {compared.recall:.3f} ({compared.fn} of {compared.tp + compared.fn} not found)")


def main() -> int:
    """Run the demonstration on the local environment."""
    from batchyard.environments import load
    from batchyard.paths import machine_dir

    output = Output()
    result = demonstrate(load("local"), machine_dir() / "demo", output)
    show(result, output)
    if not result.good:
        missed = ", ".join((*result.comparison.missed, *result.comparison.extra))
        raise ExecutionFailed(f"precision or recall is below {LEAST}: {missed}", where=result.run.arn)
    return 0


if __name__ == "__main__":
    from batchyard.__main__ import guarded

    sys.exit(guarded(main))
