"""A copy of the project that a test may change, and state machines that really run, on fake jobs."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def execute(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that runs a definition on MiniStack's interpreter with Tasks answered by the test."""
    from ministack.services import stepfunctions as states

    monkeypatch.setattr(states, "_SFN_WAIT_SCALE", 0)
    monkeypatch.setattr(states, "_add_event", lambda *_: None)

    def run(definition: dict[str, Any], document: Any, answer: Answer) -> Any:
        def task(resource: str, arguments: dict[str, Any], *_: object) -> Any:
            try:
                return copy.deepcopy(answer(resource, arguments))
            except Failed as failure:
                raise states._ExecutionError(failure.error, failure.cause) from failure

        monkeypatch.setattr(states, "_invoke_resource", task)
        monkeypatch.setattr(states, "_invoke_resource_with_timeout", task)
        context = {
            "QueryLanguage": definition["QueryLanguage"],
            "Execution": {"Id": "arn", "Name": "run.1", "Input": document},
            "variables": {},
        }
        try:
            return states._run_sub_machine(definition["States"], definition["StartAt"], document, {}, context)
        except states._ExecutionError as error:
            raise Failed(error.error, error.cause) from error

    return run


@pytest.fixture
def failed() -> type[Failed]:
    return Failed
