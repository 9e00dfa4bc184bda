"""Runs jobs as Batch would, with folders in S3's place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from batchyard.demo.sample import Sample, generate

ROOT = Path(__file__).resolve().parents[2]
JOBS = ROOT / "jobs"
# A job's own package lies beside its main.py.
sys.path[:0] = [str(JOBS / "shared"), *(str(file.parent) for file in sorted(JOBS.glob("*/Dockerfile")))]


@dataclass(frozen=True)
class Ended:
    """How a job ended, with its log lines."""

    code: int
    log: list[dict[str, Any]]
    stderr: str

    @property
    def error(self) -> str:
        """Return the message of the last error line."""
        return str([line["message"] for line in self.log if line["level"] == "ERROR"][-1])


Runner = Callable[..., Ended]


def arguments(flags: Mapping[str, object]) -> list[str]:
    """Return flags as argv; paths as URIs of the folder store."""
    words: list[str] = []
    for flag, value in flags.items():
        words += [f"--{flag}", f"file://{value}" if isinstance(value, Path) else str(value)]
    return words


def job_command(job: str, flags: Mapping[str, object]) -> list[str]:
    return [sys.executable, str(ROOT / "jobs" / job / "main.py"), *arguments(flags)]


def job_environment(**variables: str) -> dict[str, str]:
    """Return an environment without anything that would lead the job's imports or threads elsewhere."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "TOOL")}
    return {**kept, "AWS_BATCH_JOB_ID": "11111111-2222", "AWS_BATCH_JOB_ATTEMPT": "1", **variables}


@pytest.fixture
def run_job(tmp_path: Path) -> Runner:
    """Return a function that runs a job to its end, in a working directory that must be empty afterwards."""

    def run(job: str, *, environment: Mapping[str, str] = {}, **flags: object) -> Ended:
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        every = {"working_dir": str(work), **flags}
        done = subprocess.run(
            job_command(job, every),
            env=job_environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert not list(work.iterdir()), "the working directory was not cleaned up"
        return Ended(done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr)

    return run


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    return generate(folder, seed=11, sample_id="s1", reference_bases=6_000, coverage=30, snvs=8, indels=2)


@pytest.fixture(scope="session")
def aligned(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a results folder that holds what align made of the sample; tests only read it."""
    results = tmp_path_factory.mktemp("aligned")
    subprocess.run(job_command("align", align_flags(sample, results)), env=job_environment(), check=True)
    return results


def align_flags(sample: Sample, results: Path) -> dict[str, object]:
    return {
        "fastq1_s3_path": sample.fastq1,
        "fastq2_s3_path": sample.fastq2,
        "reference_s3_path": sample.reference,
        "bam_s3_folder_path": results / "s1" / "bam",
    }


def published(results: Path) -> dict[str, bytes]:
    """Return everything below a results folder, temporary keys included."""
    return {
        str(path.relative_to(results)): path.read_bytes()
        for path in sorted(results.rglob("*"))
        if path.is_file()
    }
