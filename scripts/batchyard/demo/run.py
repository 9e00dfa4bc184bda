"""`python -m batchyard.demo.run`: the exome workflow on a generated sample, and how well it did.

The environment is up and applied before. Ends 0 only if the run succeeded and found what is true.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchyard.errors import ExecutionFailed
from batchyard.output import Output

if TYPE_CHECKING:
    from batchyard.demo.compare import Comparison
    from batchyard.environments import Environment
    from batchyard.runs.report import RunReport

WORKFLOW = "exome"
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
    from batchyard.demo.upload import prepare
    from batchyard.runs.executions import wait
    from batchyard.runs.report import report
    from batchyard.runs.start import request, start

    sample, document = prepare(environment, folder / "sample")
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
    argparse.ArgumentParser(prog="python -m batchyard.demo.run", description=__doc__).parse_args()
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
