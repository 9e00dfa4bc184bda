"""The four jobs, end to end, on data whose variants are known."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from batchyard.demo.compare import compare
from batchyard.demo.sample import Sample

from .conftest import Ended, Runner, align_flags, published

ALL = {
    *("s1/bam/aligned.bam", "s1/bam/aligned.bam.bai", "s1/bam/aligned.bam.md5", "s1/stats/stats.txt"),
    *("s1/vcf/variants.vcf.gz", "s1/vcf/variants.vcf.gz.tbi"),
    *("s1/vcf/annotated.vcf.gz", "s1/vcf/annotated.vcf.gz.tbi"),
}


def chain(run_job: Runner, sample: Sample, results: Path, **common: object) -> list[Ended]:
    folder = results / "s1"
    bam = {"bam_s3_path": folder / "bam" / "aligned.bam", "reference_s3_path": sample.reference}
    vcf = {"vcf_s3_path": folder / "vcf" / "variants.vcf.gz", "reference_s3_path": sample.reference}
    return [
        run_job("align", **align_flags(sample, results), **common),
        run_job("call", **bam, vcf_s3_folder_path=folder / "vcf", **common),
        run_job("annotate", **vcf, gff_s3_path=sample.gff, vcf_s3_folder_path=folder / "vcf", **common),
        run_job("stats", **bam, stats_s3_folder_path=folder / "stats", **common),
    ]


def test_the_chain_finds_what_was_put_in_and_gives_the_same_bytes_again(
    run_job: Runner, sample: Sample, tmp_path: Path
) -> None:
    first = chain(run_job, sample, tmp_path / "one", vcpus="1")
    assert [ended.code for ended in first] == [0, 0, 0, 0]
    found = compare(sample.truth_vcf, tmp_path / "one/s1/vcf/variants.vcf.gz")
    assert (found.precision, found.recall, found.genotype_matches) == (1.0, 1.0, 10)

    other = {"AWS_BATCH_JOB_ID": "another", "AWS_BATCH_JOB_ATTEMPT": "2"}
    chain(run_job, sample, tmp_path / "two", vcpus="3", environment=other)
    results = published(tmp_path / "one")
    assert set(results) == ALL
    assert results == published(tmp_path / "two")

    digest = hashlib.md5(results["s1/bam/aligned.bam"]).hexdigest()
    assert results["s1/bam/aligned.bam.md5"].decode() == f"{digest}  aligned.bam\n"
    consequences = gzip.decompress(results["s1/vcf/annotated.vcf.gz"]).decode()
    assert "BCSQ=synonymous|" in consequences or "BCSQ=missense|" in consequences
    assert f"raw total sequences:\t{2 * sample.pairs}" in results["s1/stats/stats.txt"].decode()


def test_reads_are_paired_grouped_and_marked(run_job: Runner, sample: Sample, tmp_path: Path) -> None:
    pysam = pytest.importorskip("pysam")
    ended = run_job("align", **align_flags(sample, tmp_path / "r"), sample_id="NAME")
    whose = {(line["jobId"], line["attempt"], line["step"], line["sample"]) for line in ended.log}
    assert whose == {("11111111-2222", 1, "align", "NAME")}
    assert (ended.log[-1]["message"], ended.stderr) == ("published", "")
    with pysam.AlignmentFile(tmp_path / "r/s1/bam/aligned.bam") as bam:
        assert bam.header.to_dict().keys() == {"HD", "SQ", "RG"}
        assert [group["SM"] for group in bam.header.to_dict()["RG"]] == ["NAME"]
        records = list(bam.fetch(until_eof=True))
    assert (
        sum(record.is_read1 for record in records)
        == sum(record.is_read2 for record in records)
        == sample.pairs
    )
    assert sum(record.is_proper_pair for record in records) > 0.98 * len(records)
    assert 0.01 < sum(record.is_duplicate for record in records) / len(records) < 0.1
    assert {record.get_tag("RG") for record in records} == {"NAME"}


def test_index_files_beside_the_reference_are_used_and_change_nothing(
    run_job: Runner, sample: Sample, aligned: Path, tmp_path: Path
) -> None:
    pybwa = pytest.importorskip("pybwa")
    reference = tmp_path / "reference.fa"
    reference.write_bytes(sample.reference.read_bytes())
    pybwa.BwaIndex.index(reference)
    ended = run_job("align", **{**align_flags(sample, tmp_path / "r"), "reference_s3_path": reference})
    assert not [line for line in ended.log if "@bwa-index" in str(line.get("command"))]
    assert published(tmp_path / "r") == published(aligned)


def test_a_gzipped_reference_gives_the_same_alignments(
    run_job: Runner, sample: Sample, aligned: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "reference.fa.gz"
    packed.write_bytes(gzip.compress(sample.reference.read_bytes(), mtime=0))
    run_job("align", **{**align_flags(sample, tmp_path / "r"), "reference_s3_path": packed})
    assert published(tmp_path / "r") == published(aligned)


def test_real_reads_give_all_known_snvs(run_job: Runner, shared_data: Path, tmp_path: Path) -> None:
    data, folder = shared_data / "na12878-chr22-slice", tmp_path / "NA12878"
    aligned = run_job(
        "align",
        fastq1_s3_path=data / "reads_1.fastq.gz",
        fastq2_s3_path=data / "reads_2.fastq.gz",
        reference_s3_path=data / "reference.fa",
        bam_s3_folder_path=folder / "bam",
    )
    called = run_job(
        "call",
        bam_s3_path=folder / "bam" / "aligned.bam",
        reference_s3_path=data / "reference.fa",
        vcf_s3_folder_path=folder / "vcf",
    )
    assert (aligned.code, called.code) == (0, 0)
    found = compare(data / "truth.vcf", folder / "vcf" / "variants.vcf.gz")
    assert (found.tp, found.genotype_matches, found.missed) == (14, 14, ())
    assert found.fp <= 3, found.extra
