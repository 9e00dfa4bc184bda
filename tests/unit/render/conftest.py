"""A copy of the project that a test may change, and state machines that really run, on fake jobs."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from batchyard.asl.engine import virtual
from batchyard.asl.engine.tasks import Effect, Report, Succeeded, TaskCall
from batchyard.asl.engine.tasks import Failed as FailedOutcome
from batchyard.environments import Environment, load
from batchyard.paths import project_root

ROOT = Path(__file__).resolve().parents[3]
Answer = Callable[[str, dict[str, Any]], Any]
TFVARS = """\
environment = "local"
account_id  = "000000000000"
region      = "us-east-1"

network = {
  cidr  = "10.20.0.0/16"
  zones = { "us-east-1a" = { public = null, private = "10.20.32.0/20", isolated = null } }
}

buckets = {
  data    = {}
  results = { expiration_days = 90 }
}

compute = {
  spot = { type = "SPOT", max_vcpus = 1024, scratch_gib = 500 }
}

queues = {
  high = { priority = 1000, compute = ["spot"] }
  low  = { priority = 1, compute = ["spot"] }
}

workflows = {
  exome        = {}
  "exome-poll" = { folder = "exome", wait = "poll", poll_seconds = 2 }
}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a project with exome alone, whatever else the real one holds and deploys."""
    left_out = shutil.ignore_patterns("__pycache__", "*.pyc", "smoke", ".terraform")
    for name in ("functions", "jobs", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=left_out)
    for folder in (tmp_path / "templates/workflows").iterdir():
        if folder.name != "exome":
            shutil.rmtree(folder)
    (tmp_path / "modules").mkdir()
    tfvars = tmp_path / "terraform/environments/local.tfvars"
    tfvars.parent.mkdir(parents=True)
    tfvars.write_text(TFVARS)
    monkeypatch.setenv("BATCHYARD_ROOT", str(tmp_path))
    project_root.cache_clear()
    yield tmp_path
    project_root.cache_clear()


@pytest.fixture(scope="session")
def local() -> Environment:
    """Return the environment `local` of the project itself, for tests that only read."""
    return load("local")


@pytest.fixture
def document() -> dict[str, Any]:
    """Return an input of exome."""
    data = "s3://batchyard-local-000000000000-data/in"
    return {
        "sampleId": "s.1",
        "fastq1S3Path": f"{data}/1.fastq.gz",
        "fastq2S3Path": f"{data}/2.fastq.gz",
        "referenceS3Path": f"{data}/ref.fa",
        "gffS3Path": f"{data}/genes.gff3",
        "resultsS3Path": "s3://batchyard-local-000000000000-results/runs/",
    }


class Failed(Exception):
    """An execution that failed."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause


class _Tasks:
    """Has every task answered by the test."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def start(self, effect: Effect, report: Report) -> None:
        assert isinstance(effect, TaskCall)
        try:
            output = self._answer(effect.call.resource, copy.deepcopy(effect.arguments))
        except Failed as failure:
            report(effect.id, FailedOutcome(failure.error, failure.cause))
        else:
            report(effect.id, Succeeded(copy.deepcopy(output)))

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:
        raise AssertionError(effect)

    def cancel(self, effect: Effect, reason: str) -> None:
        """Nothing is under way."""


@pytest.fixture
def execute() -> Callable[..., Any]:
    """Return a function that runs a definition in virtual time with Tasks answered by the test."""

    def run(definition: dict[str, Any], document: Any, answer: Answer) -> Any:
        execution = virtual.run(virtual.spec(definition, document, name="run.1"), _Tasks(answer))
        if execution.output is not None:
            return json.loads(execution.output)
        assert execution.status == "FAILED", execution.status
        raise Failed(execution.error or "", execution.cause or "")

    return run


@pytest.fixture
def failed() -> type[Failed]:
    return Failed
