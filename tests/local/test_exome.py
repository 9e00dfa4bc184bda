"""The flagship workflow, reads to annotated variants, through Terraform, Step Functions, Lambda and Batch."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.stack import Stack

from batchyard.demo.compare import compare
from batchyard.demo.sample import Sample, generate

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]

RESULTS = {
    "bam/aligned.bam",
    "bam/aligned.bam.bai",
    "bam/aligned.bam.md5",
    "stats/stats.txt",
    "vcf/annotated.vcf.gz",
    "vcf/annotated.vcf.gz.tbi",
    "vcf/variants.vcf.gz",
    "vcf/variants.vcf.gz.tbi",
}

# The slice comes without genes, and there is no annotation without one: this is none that nature knows.
GENE = "##gff-version 3\n" + "".join(
    f"CONTIG\ttest\t{kind}\t7001\t7300\t.\t+\t{phase}\t{attributes}\n"
    for kind, phase, attributes in (
        ("gene", ".", "ID=gene:G1;Name=G1;biotype=protein_coding"),
        ("mRNA", ".", "ID=transcript:T1;Parent=gene:G1;biotype=protein_coding"),
        ("exon", ".", "Parent=transcript:T1"),
        ("CDS", "0", "ID=CDS:T1;Parent=transcript:T1"),
    )
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    return generate(folder, seed=7, sample_id="small", reference_bases=8_000, coverage=20, snvs=6, indels=1)


@pytest.fixture(scope="module")
def document(stack: Stack, sample: Sample) -> dict[str, Any]:
    """Return an input for the small sample, without a place for its results."""
    return upload(stack, sample, "small")


def upload(stack: Stack, sample: Sample, name: str) -> dict[str, Any]:
    bucket = stack.outputs()["bucket_names"]["data"]
    files = {
        "fastq1": sample.fastq1,
        "fastq2": sample.fastq2,
        "reference": sample.reference,
        "gff": sample.gff,
    }
    places = {
        f"{key}S3Path": stack.put(bucket, f"tests/{name}/{path.name}", path) for key, path in files.items()
    }
    return {"sampleId": name, **places}


@pytest.fixture
def results(stack: Stack, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return a place for the results of one test, and look that nothing half-made is left in it."""
    place = stack.place(request.node.name)
    yield place
    assert not [key for key in stack.keys(place) if "/.tmp/" in key]


def step(answer: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [step for step in answer["steps"] if name in step["state"].lower() and step["jobId"]]
    return dict(found)


def published(stack: Stack, place: str, sample_id: str = "small") -> set[str]:
    prefix = place.partition("s3://")[2].partition("/")[2]
    return {key.removeprefix(f"{prefix}/{sample_id}/") for key in stack.keys(place)}


def contents(stack: Stack, place: str) -> dict[str, str]:
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    client = stack.client("s3")
    bodies = {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in stack.keys(place)}
    return {key.removeprefix(prefix): hashlib.sha256(body).hexdigest() for key, body in bodies.items()}


def test_sync_and_poll_give_the_same_bytes(stack: Stack, document: dict[str, Any], results: str) -> None:
    places = {}
    for workflow in ("exome", "exome-poll"):
        places[workflow] = f"{results}/{workflow}"
        answer = stack.run(workflow, document | {"resultsS3Path": places[workflow]})
        assert answer["status"] == "SUCCEEDED", answer
        assert answer["output"]["annotatedVcf"] == f"{places[workflow]}/small/vcf/annotated.vcf.gz"
        assert {step["status"] for step in answer["steps"] if step["jobId"]} == {"SUCCEEDED"}
        assert len({step["jobId"] for step in answer["steps"] if step["jobId"]}) == 4
        assert all(step["seconds"] > 0 for step in answer["steps"] if step["jobId"])
    assert published(stack, places["exome"]) == RESULTS
    assert contents(stack, places["exome"]) == contents(stack, places["exome-poll"])


def test_what_was_generated_is_found(
    stack: Stack, document: dict[str, Any], results: str, sample: Sample, tmp_path: Path
) -> None:
    answer = stack.run("exome", document | {"resultsS3Path": results})
    comparison = compare(sample.truth_vcf, download(stack, answer["output"]["vcf"], tmp_path))
    assert (comparison.precision, comparison.recall) == (1.0, 1.0)


def test_real_reads_give_the_variants_of_the_truth_set(
    stack: Stack, shared_data: Path, results: str, tmp_path: Path
) -> None:
    source = shared_data / "na12878-chr22-slice"
    if not source.is_dir():
        pytest.skip(f"the NA12878 slice is not in {shared_data}")
    contig = (source / "reference.fa").read_text().split(maxsplit=1)[0].removeprefix(">")
    gff = tmp_path / "gene.gff3"
    gff.write_text(GENE.replace("CONTIG", contig))
    bucket = stack.outputs()["bucket_names"]["data"]
    files = {
        "fastq1S3Path": source / "reads_1.fastq.gz",
        "fastq2S3Path": source / "reads_2.fastq.gz",
        "referenceS3Path": source / "reference.fa",
        "gffS3Path": gff,
    }
    places = {key: stack.put(bucket, f"tests/na12878/{path.name}", path) for key, path in files.items()}
    answer = stack.run("exome", {"sampleId": "NA12878", "resultsS3Path": results, **places})
    assert answer["status"] == "SUCCEEDED", answer
    comparison = compare(source / "truth.vcf", download(stack, answer["output"]["annotatedVcf"], tmp_path))
    assert (comparison.tp, comparison.fn, comparison.genotype_matches) == (14, 0, 14)
    assert comparison.fp <= 3


def download(stack: Stack, uri: str, folder: Path) -> Path:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    target = folder / Path(key).name
    stack.client("s3").download_file(bucket, key, str(target))
    return target


def corrupted(sample: Sample, folder: Path) -> Path:
    """Return a FASTQ whose second half is gone, as an interrupted transfer leaves it."""
    target = folder / "truncated.fastq.gz"
    whole = sample.fastq1.read_bytes()
    target.write_bytes(whole[: len(whole) // 2])
    return target


@pytest.mark.parametrize("workflow", ["exome", "exome-poll"])
def test_a_corrupt_fastq_fails_the_execution_at_the_aligner(
    stack: Stack, document: dict[str, Any], results: str, sample: Sample, tmp_path: Path, workflow: str
) -> None:
    bucket = stack.outputs()["bucket_names"]["data"]
    bad = stack.put(bucket, f"tests/corrupt/{workflow}.fastq.gz", corrupted(sample, tmp_path))
    answer = stack.run(workflow, document | {"resultsS3Path": results, "fastq1S3Path": bad})
    assert answer["status"] == "FAILED"
    align = step(answer, "align")
    assert (align["status"], align["attempts"]) == ("FAILED", 1)
    if workflow == "exome":
        assert answer["error"] == "States.TaskFailed"
        assert json.loads(answer["cause"])["Container"]["ExitCode"] == 65
    else:
        assert (answer["error"], answer["cause"]) == (
            "JobFailed",
            f"align: job {align['jobId']} failed: Essential container in task exited; exit code 65",
        )
    assert "truncated" in stack.job_log(align["jobId"])
    assert [step["jobId"] for step in answer["steps"] if step["jobId"]] == [align["jobId"]]
    assert not stack.keys(results)


def test_unpaired_reads_are_bad_input(
    stack: Stack, document: dict[str, Any], results: str, sample: Sample, tmp_path: Path
) -> None:
    lines = gzip.decompress(sample.fastq2.read_bytes()).split(b"\n")
    other = tmp_path / "other.fastq.gz"
    other.write_bytes(gzip.compress(b"\n".join(lines[4:]), mtime=0))
    bucket = stack.outputs()["bucket_names"]["data"]
    bad = stack.put(bucket, "tests/unpaired/reads_2.fastq.gz", other)
    answer = stack.run("exome", document | {"resultsS3Path": results, "fastq2S3Path": bad})
    assert answer["status"] == "FAILED"
    assert not stack.keys(results)


def test_a_missing_object_is_named(stack: Stack, document: dict[str, Any], results: str) -> None:
    missing = document["fastq1S3Path"] + ".not-there"
    answer = stack.run("exome", document | {"resultsS3Path": results, "fastq1S3Path": missing})
    assert answer["status"] == "FAILED"
    assert step(answer, "align")["attempts"] == 1
    assert missing in stack.job_log(step(answer, "align")["jobId"])
    assert not stack.keys(results)


def test_a_missing_field_is_named_before_any_job(stack: Stack, results: str) -> None:
    bundle_input = {"resultsS3Path": results, "sampleId": "small"}
    client = stack.client("stepfunctions")
    machine = stack.outputs()["state_machine_arns"]["exome"]
    arn = client.start_execution(stateMachineArn=machine, input=json.dumps(bundle_input))["executionArn"]
    for _ in range(100):
        answer = client.describe_execution(executionArn=arn)
        if answer["status"] != "RUNNING":
            break
        time.sleep(0.1)
    assert (answer["status"], answer["error"]) == ("FAILED", "MissingRequiredParametersError")
    assert "fastq1S3Path" in answer["cause"]
