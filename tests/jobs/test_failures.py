"""Failing well: the exit code, the message, and that nothing was published."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from batchyard.demo.sample import Sample

from .conftest import Runner, align_flags, job_command, job_environment, published


def replaced(sample: Sample, folder: Path, flag: str, data: bytes) -> dict[str, object]:
    """Return align's flags with one input replaced."""
    flags = align_flags(sample, folder / "results")
    old = flags[flag]
    assert isinstance(old, Path)
    path = folder / "damaged" / old.name
    path.parent.mkdir()
    path.write_bytes(data)
    return {**flags, flag: path}


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 64]) + data[middle + 64 :]


def unpaired(data: bytes) -> bytes:
    lines = gzip.decompress(data).split(b"\n")
    return gzip.compress(b"\n".join(lines[4:8] + lines[:4] + lines[8:]), mtime=0)


@pytest.mark.parametrize(
    ("flag", "damage", "words"),
    [
        ("fastq1_s3_path", cut, "reads_1.fastq.gz is truncated"),
        ("fastq2_s3_path", flipped, "reads_2.fastq.gz is corrupt"),
        ("fastq2_s3_path", unpaired, "reads do not pair: record 1"),
        ("fastq1_s3_path", lambda _: b"", "reads_1.fastq.gz is empty"),
        ("reference_s3_path", lambda _: b"", "reference.fa is empty"),
        ("reference_s3_path", lambda _: b">chr1\n\n", "holds no bases"),
        ("reference_s3_path", lambda data: data[6:], "not a FASTA file"),
    ],
)
def test_bad_input_ends_65_and_publishes_nothing(
    run_job: Runner, sample: Sample, tmp_path: Path, flag: str, damage: Callable[[bytes], bytes], words: str
) -> None:
    source = align_flags(sample, tmp_path)[flag]
    assert isinstance(source, Path)
    ended = run_job("align", **replaced(sample, tmp_path, flag, damage(source.read_bytes())))
    # A flipped bit may break the compression or the text in it.
    assert words in ended.error or (damage is flipped and "reads_2.fastq.gz" in ended.error)
    assert ended.code == 65
    assert published(tmp_path / "results") == {}


def test_a_missing_object_is_named(run_job: Runner, sample: Sample, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "reads_1.fastq.gz"
    ended = run_job("align", **{**align_flags(sample, tmp_path / "results"), "fastq1_s3_path": missing})
    assert (ended.code, ended.error) == (65, f"missing object file://{missing}")
    assert published(tmp_path / "results") == {}


def test_a_truncated_bam_is_bad_input(run_job: Runner, sample: Sample, aligned: Path, tmp_path: Path) -> None:
    bam = tmp_path / "aligned.bam"
    bam.write_bytes((aligned / "s1/bam/aligned.bam").read_bytes()[:-100])
    folder = tmp_path / "results/s1/vcf"
    ended = run_job("call", bam_s3_path=bam, reference_s3_path=sample.reference, vcf_s3_folder_path=folder)
    assert ended.code == 65
    assert "aligned.bam is truncated" in ended.error
    assert not folder.exists()


def test_a_tool_that_refuses_its_input_ends_70(run_job: Runner, sample: Sample, tmp_path: Path) -> None:
    vcf = tmp_path / "strange.vcf"
    vcf.write_text("no header at all\n")
    ended = run_job(
        "annotate",
        vcf_s3_path=vcf,
        reference_s3_path=sample.reference,
        gff_s3_path=sample.gff,
        vcf_s3_folder_path=tmp_path / "results/s1/vcf",
    )
    assert ended.code == 70
    assert "bcftools csq" in ended.error
    assert published(tmp_path / "results") == {}


def test_a_file_that_can_not_grow_ends_74(sample: Sample, tmp_path: Path) -> None:
    """As a full disk, for machines where no small file system can be mounted: reads can not be fetched."""
    (tmp_path / "work").mkdir()
    flags = {**align_flags(sample, tmp_path / "results"), "working_dir": str(tmp_path / "work")}
    done = subprocess.run(
        job_command("align", flags),
        env=job_environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000)),
    )
    assert done.returncode == 74, done.stdout
    assert "the disk under the working directory is full" in done.stdout
    assert published(tmp_path / "results") == {}
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
@pytest.mark.parametrize("kib", [40, 64, 100])
def test_a_full_disk_ends_74(run_job: Runner, sample: Sample, tmp_path: Path, kib: int) -> None:
    """It is full when reads are fetched, when the reference is indexed, or when alignments are written."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "none", str(scratch)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a small file system")
    try:
        ended = run_job("align", **align_flags(sample, tmp_path / "results"), working_dir=str(scratch))
        assert ended.code == 74, ended.error
        assert "the disk under the working directory is full" in ended.error
        assert published(tmp_path / "results") == {}
        assert not list(scratch.iterdir())
    finally:
        subprocess.run(["umount", str(scratch)], check=True)


def start(sample: Sample, tmp_path: Path, attempt: int = 1) -> subprocess.Popen[str]:
    (tmp_path / "work").mkdir()
    flags = {**align_flags(sample, tmp_path / "results"), "working_dir": str(tmp_path / "work")}
    return subprocess.Popen(
        job_command("align", flags),
        env=job_environment(AWS_BATCH_JOB_ATTEMPT=str(attempt)),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def until(job: subprocess.Popen[str], words: str) -> None:
    assert job.stdout
    for line in job.stdout:
        if words in line:
            return
    raise AssertionError(f"the job never said {words}")


def processes_of(group: int) -> list[str]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "-g", str(group)], capture_output=True, text=True, check=False
    )
    return listed.stdout.split()


@pytest.mark.parametrize("moment", ["fetched", "@bwa-index", "@align", "@md5"])
def test_sigterm_cleans_up_wherever_it_comes(sample: Sample, tmp_path: Path, moment: str) -> None:
    with start(sample, tmp_path) as job:
        until(job, moment)
        job.send_signal(signal.SIGTERM)
        assert job.stdout
        words = job.stdout.read()
    assert job.returncode == 143
    assert "stopped by signal 15" in words
    assert published(tmp_path / "results") == {}
    assert not list((tmp_path / "work").iterdir())


def test_the_attempt_after_a_killed_one_gives_the_same_bytes(
    run_job: Runner, sample: Sample, aligned: Path, tmp_path: Path
) -> None:
    with start(sample, tmp_path) as job:
        until(job, "@align")
        os.killpg(job.pid, signal.SIGKILL)
    assert list((tmp_path / "work").iterdir()), "a killed job can not clean up: else this test shows nothing"
    stale = tmp_path / "results/s1/bam/.tmp/11111111-2222-1/aligned.bam"
    stale.parent.mkdir(parents=True)
    stale.write_text("half")
    ended = run_job(
        "align", **align_flags(sample, tmp_path / "results"), environment={"AWS_BATCH_JOB_ATTEMPT": "2"}
    )
    assert ended.code == 0
    assert published(tmp_path / "results") == published(aligned)


def test_no_tool_outlives_a_job_that_was_killed_alone(sample: Sample, tmp_path: Path) -> None:
    with start(sample, tmp_path) as job:
        until(job, "@align")
        job.kill()
    deadline = time.monotonic() + 5
    while processes_of(job.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes_of(job.pid) == []
