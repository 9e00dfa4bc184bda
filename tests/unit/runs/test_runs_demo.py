from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY
from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import ARN, BEGAN, NAME, event, execution, job

from batchyard.demo import run as demo
from batchyard.demo import sample
from batchyard.environments import Environment
from batchyard.errors import ExecutionFailed
from batchyard.output import Output

HEADER = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n"
LINE = "demo\t{}\t.\tA\tC\t50\tPASS\t.\tGT\t0/1\n"
OUTPUT = {"sampleId": "demo", "annotatedVcf": "s3://results/demo/annotated.vcf"}


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the generator: a sample whose truth is two variants."""

    def generate(directory: Path, **_: object) -> sample.Sample:
        directory.mkdir(parents=True)
        files = [directory / name for name in ("reference.fa", "genes.gff", "r1.fq", "r2.fq", "truth.vcf")]
        for path in files[:4]:
            path.write_text(path.name)
        files[4].write_text(HEADER + LINE.format(10) + LINE.format(20))
        return sample.Sample("demo", *files, pairs=3)

    monkeypatch.setattr(sample, "generate", generate)


def scripted(stubs: StubbedAws, found: dict[str, Any]) -> None:
    s3, states = stubs["s3"], stubs["stepfunctions"]
    for name in ("r1.fq", "r2.fq", "reference.fa", "genes.gff"):
        bucket = "batchyard-dev-111122223333-data"
        s3.add_response(
            "put_object", {}, {"Bucket": bucket, "Key": f"demo/{name}", "Body": ANY, "ChecksumAlgorithm": ANY}
        )
    states.add_response("start_execution", {"executionArn": ARN, "startDate": BEGAN})
    states.add_response("describe_execution", found, {"executionArn": ARN})
    history = {"JobId": "job-1", "JobName": f"Align-{NAME}"}
    details = {"resourceType": "batch", "resource": "r", "output": json.dumps(history)}
    events = [event(1, "TaskStateEntered", name="Align"), event(2, "TaskSucceeded", 1, **details)]
    states.add_response("get_execution_history", {"events": events}, {"executionArn": ARN})
    stubs["batch"].add_response("describe_jobs", {"jobs": [job("job-1", "Align")]})


def downloads(stubs: StubbedAws, calls: str) -> None:
    content = (HEADER + calls).encode()
    body = StreamingBody(io.BytesIO(content), len(content))
    size = {"ContentLength": len(content), "ETag": '"e"'}
    stubs["s3"].add_response("head_object", size)
    stubs["s3"].add_response("get_object", {**size, "Body": body})


@pytest.fixture
def loose_schema(project: Path) -> None:
    path = project / "build/dev/exome.bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "input_schema": {}}))


def test_the_demonstration_tells_results_steps_precision_and_recall(
    dev: Environment,
    stubs: StubbedAws,
    generated: None,
    loose_schema: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scripted(stubs, execution(output=json.dumps(OUTPUT)))
    downloads(stubs, LINE.format(10) + LINE.format(20))
    result = demo.demonstrate(dev, tmp_path / "demo", Output())
    demo.show(result, Output())
    assert result.good
    assert capsys.readouterr().out == (
        f"\nrun {NAME}: SUCCEEDED in 90.5 s\n"
        "step\tstatus\tseconds\n"
        "Align\tSUCCEEDED\t30.0\n"
        "results:\n"
        "  annotatedVcf   s3://results/demo/annotated.vcf\n"
        "precision 1.000 (0 calls that are not true)\n"
        "recall    1.000 (0 of 2 not found)\n"
    )


@pytest.mark.parametrize("calls", [LINE.format(10), LINE.format(10) + LINE.format(20) + LINE.format(30)])
def test_calls_that_miss_or_invent_variants_are_not_good(
    dev: Environment, stubs: StubbedAws, generated: None, loose_schema: None, tmp_path: Path, calls: str
) -> None:
    scripted(stubs, execution(output=json.dumps(OUTPUT)))
    downloads(stubs, calls)
    assert not demo.demonstrate(dev, tmp_path / "demo", Output()).good


def test_a_failed_run_ends_the_demonstration(
    dev: Environment, stubs: StubbedAws, generated: None, loose_schema: None, tmp_path: Path
) -> None:
    scripted(stubs, execution("FAILED", error="JobFailed", cause="align: exit code 65"))
    with pytest.raises(ExecutionFailed, match=f"FAILED: JobFailed: align: exit code 65\n.*run logs {NAME}"):
        demo.demonstrate(dev, tmp_path / "demo", Output())
