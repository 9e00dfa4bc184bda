"""A whole project, applied once and shared by the tests: the terratest-style fixture.

Tests get ready clients, outputs, runs with their result document, and job logs. The same tests run against an
environment on AWS that was applied by hand: BATCHYARD_TEST_ENV names it, and nothing is started or applied.
BATCHYARD_TEST_KEEP names a folder in which the local project is kept running, for a quick start next time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

COPIED = ("terraform", "modules", "functions", "jobs", "templates", "scripts")
LEFT = shutil.ignore_patterns("__pycache__", ".terraform", "*.egg-info", "*.tfstate*")


@dataclass(frozen=True)
class Result:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def checked(self) -> Result:
        assert self.code == 0, f"exit {self.code}\n{self.out}\n{self.err}"
        return self


class Stack:
    """A project in a folder of its own with an environment to test in."""

    def __init__(self, source: Path, folder: Path, environment: str) -> None:
        self.source, self.environment = source, environment
        self.is_local = environment == "local"
        self.root = folder / "project" if self.is_local else source
        self._session = uuid.uuid4().hex[:8]

    def up(self) -> None:
        """Copy the project, start the local environment and apply; elsewhere use what is there."""
        if not self.is_local:
            return
        for name in COPIED:
            shutil.rmtree(self.root / name, ignore_errors=True)
            shutil.copytree(self.source / name, self.root / name, ignore=LEFT)
        self.cli("local", "up").checked()
        self.cli("render").checked()
        self.cli("plan").checked()
        self.cli("apply").checked()

    def down(self) -> None:
        if self.is_local and self.root.is_dir():
            self.cli("local", "down")

    def variables(self) -> dict[str, str]:
        """Return the environment of commands: this project, and Terraform's configuration of the source."""
        rc = os.environ.get("TF_CLI_CONFIG_FILE", "")
        if not Path(rc).is_file():
            rc = str(self.source / ".batchyard" / "terraform.rc")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "BATCHYARD_"))}
        return kept | {
            "BATCHYARD_ROOT": str(self.root),
            "PYTHONPATH": str(self.root / "scripts"),
            "TF_CLI_CONFIG_FILE": rc,
        }

    def cli(self, *arguments: str, timeout: float = 600, **extra: str) -> Result:
        """Run `batchyard` with arguments in this project."""
        command = [sys.executable, "-m", "batchyard", *arguments]
        if arguments[0] not in {"local", "images"}:
            command += ["--env", self.environment]
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.variables() | extra,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    @cache  # noqa: B019 - one stack lives as long as the session
    def outputs(self) -> dict[str, Any]:
        """Return Terraform's outputs."""
        shown = self.cli("env", "show", "--outputs", "--output", "json").checked()
        return dict(shown.json())

    def client(self, service: str, credentials: Mapping[str, str] | None = None) -> Any:
        """Return a boto3 client of the environment, as its administrator or with given credentials."""
        import boto3
        from botocore.config import Config

        if not self.is_local:
            return boto3.client(service)
        keys = credentials or {"aws_access_key_id": "000000000000", "aws_secret_access_key": "local"}
        settings = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2})
        return boto3.client(
            service, region_name="us-east-1", endpoint_url=self.endpoint, config=settings, **keys
        )

    @property
    def endpoint(self) -> str:
        return str(json.loads((self.root / ".batchyard/local/server.json").read_text())["endpoint"])

    def run(self, workflow: str, document: Mapping[str, Any], *, timeout: float = 300) -> dict[str, Any]:
        """Run a workflow to its end and return the result document, whatever its status."""
        file = self.root / "build" / f"input-{time.time_ns()}.json"
        file.write_text(json.dumps(document))
        result = self.cli(
            "run", "start", workflow, "--input", str(file), "--wait", "--output", "json", timeout=timeout
        )
        file.unlink()
        assert result.out, result.err
        answer: dict[str, Any] = result.json()
        assert (result.code == 0) == (answer["status"] == "SUCCEEDED"), (result.code, answer["status"])
        return answer

    def job_log(self, job_id: str) -> str:
        """Return everything that the job's last attempt wrote."""
        [job] = self.client("batch").describe_jobs(jobs=[job_id])["jobs"]
        stream = job["container"].get("logStreamName")
        if not stream:
            return ""
        events = self.client("logs").get_log_events(
            logGroupName="/aws/batch/job", logStreamName=stream, startFromHead=True
        )["events"]
        return "\n".join(event["message"] for event in events)

    def place(self, name: str) -> str:
        """Return the URI of a folder for results, which nothing has been written to."""
        return f"s3://{self.outputs()['bucket_names']['results']}/tests/{self._session}/{name}"

    def put(self, bucket: str, key: str, path: Path) -> str:
        """Upload a file and return its URI."""
        self.client("s3").upload_file(str(path), bucket, key)
        return f"s3://{bucket}/{key}"

    def keys(self, uri: str) -> dict[str, int]:
        """Return the keys in a folder, given as S3 URI, with their sizes in bytes."""
        bucket, _, folder = uri.removeprefix("s3://").partition("/")
        pages = (
            self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{folder}/")
        )
        return {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", [])}
