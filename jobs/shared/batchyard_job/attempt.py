"""Which attempt of which job this is, and the working directory that belongs to it alone."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Attempt:
    """One attempt of one job.

    Args:
        job_id: the Batch job id (`<uuid>` or `<uuid>:<index>` of an array's child).
        number: 1 for the first attempt.
    """

    job_id: str
    number: int

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Attempt:
        """Read the variables that Batch sets; outside Batch, a random id."""
        job_id = environment.get("AWS_BATCH_JOB_ID") or f"manual-{uuid.uuid4().hex[:12]}"
        number = environment.get("AWS_BATCH_JOB_ATTEMPT", "1")
        return cls(job_id, int(number) if number.isdecimal() else 1)

    @property
    def label(self) -> str:
        """Return a name that no other attempt has, fit for keys and folders."""
        return self._label(self.number)

    @property
    def earlier(self) -> list[str]:
        """Return the labels of the attempts before, which may have been killed without cleaning up."""
        return [self._label(number) for number in range(1, self.number)]

    def _label(self, number: int) -> str:
        return f"{re.sub(r'[^A-Za-z0-9-]', '-', self.job_id)}-{number}"


def base_directory(flag: str | None) -> Path:
    """Return the folder to make working directories in.

    Args:
        flag: the folder asked for. Where it is not there, this machine has no such volume (a Fargate task,
            a job without a container), and making it would fill the root volume: temporary space is used.
    """
    named = Path(flag) if flag else None
    return named.resolve() if named and named.is_dir() else Path(tempfile.gettempdir()).resolve()


@contextmanager
def working_directory(base: Path, attempt: Attempt) -> Iterator[Path]:
    """Give a fresh folder, and remove it whatever happens.

    Args:
        base: the folder to make it in.
        attempt: names it; what earlier attempts of the same job left on this host is removed too.

    Raises:
        OSError: it can not be made.
    """
    for label in (*attempt.earlier, attempt.label):
        shutil.rmtree(base / label, ignore_errors=True)
    folder = base / attempt.label
    try:
        for name in ("in", "out", "tmp"):
            (folder / name).mkdir(parents=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def vcpus(flag: str | None, environment: Mapping[str, str]) -> int:
    """Return how many threads a tool may use.

    Batch tells a container nothing about its vCPUs, and on EC2 they are shares, not a limit: a job sees all
    CPUs of its host. So the job definition may set BATCHYARD_VCPUS, which bounds what is used of them.

    Args:
        flag: taken as it is, where it is a positive number.
        environment: may hold BATCHYARD_VCPUS.
    """
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = _positive(environment.get("BATCHYARD_VCPUS"))
    return _positive(flag) or min(told or here, here)


def _positive(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
