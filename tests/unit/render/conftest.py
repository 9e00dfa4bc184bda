"""A copy of the project that a test may change, and state machines that really run, on fake jobs."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
  spot = { type = "SPOT", max_vcpus = 1024, scratch = { gib = 500 } }
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


def _copied(root: Path) -> None:
    left_out = shutil.ignore_patterns("__pycache__", "*.pyc", "smoke", ".terraform")
    for name in ("functions", "jobs", "templates"):
        shutil.copytree(ROOT / name, root / name, ignore=left_out)
    for folder in (root / "templates/workflows").iterdir():
        if folder.name != "exome":
            shutil.rmtree(folder)
    (root / "modules").mkdir()
    (root / "terraform/environments").mkdir(parents=True)


@contextmanager
def _rooted(root: Path) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BATCHYARD_ROOT", str(root))
        project_root.cache_clear()
        yield root
    project_root.cache_clear()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """Return a project with exome alone, whatever else the real one holds and deploys."""
    _copied(tmp_path)
    (tmp_path / "terraform/environments/local.tfvars").write_text(TFVARS)
    with _rooted(tmp_path):
        yield tmp_path


SHAPES_TFVARS = """\
environment = "local"
account_id  = "000000000000"
region      = "us-east-1"

buckets = { data = {} }

compute = {
  spot      = { type = "SPOT", max_vcpus = 64 }
  on-demand = { type = "EC2", max_vcpus = 64 }
  gpu       = { type = "EC2", max_vcpus = 64, instance_types = ["g5"], image = "al2023_nvidia" }
  fargate   = { type = "FARGATE", max_vcpus = 64 }
  fast      = { type = "FARGATE_SPOT", max_vcpus = 64 }
  pods = {
    type      = "EKS"
    max_vcpus = 16
    eks = {
      cluster_arn        = "arn:aws:eks:us-east-1:000000000000:cluster/lab"
      namespace          = "batch"
      subnet_ids         = ["subnet-1"]
      security_group_ids = ["sg-1"]
    }
  }
}

queues = {
  low          = { priority = 1, compute = ["spot"] }
  on-demand    = { priority = 1, compute = ["on-demand"] }
  fargate      = { priority = 1, compute = ["fargate"] }
  fargate-spot = { priority = 1, compute = ["fast"] }
  gpu-shared   = { priority = 1, compute = ["gpu"], fair_share = { shares = { research = 1 } } }
  pods         = { priority = 1, compute = ["pods"] }
}

workflows = {
  shapes        = {}
  "shapes-poll" = { folder = "shapes", wait = "poll", poll_seconds = 2 }
}
"""


def _with_shapes(root: Path) -> None:
    (root / "terraform/environments/local.tfvars").write_text(SHAPES_TFVARS)
    shutil.copytree(Path(__file__).parent / "workflows/shapes", root / "templates/workflows/shapes")


@pytest.fixture(scope="session")
def _shapes_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shapes")
    _copied(root)
    _with_shapes(root)
    return root


@pytest.fixture
def shapes(_shapes_root: Path) -> Iterator[Environment]:
    """Return an environment that deploys a workflow with a job of every kind, for tests that only read."""
    with _rooted(_shapes_root):
        yield load("local")


@pytest.fixture
def own_shapes(project: Path) -> Environment:
    """Return the same environment in a project that the test may change."""
    _with_shapes(project)
    return load("local")


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


def in_api_names(arguments: Any) -> Any:
    """Return a task's arguments as the API gets them: members begin in lower case, keys of maps are data."""
    if isinstance(arguments, list):
        return [in_api_names(item) for item in arguments]
    if not isinstance(arguments, dict):
        return arguments
    return {
        key[:1].lower() + key[1:]: value if key == "Parameters" else in_api_names(value)
        for key, value in arguments.items()
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
