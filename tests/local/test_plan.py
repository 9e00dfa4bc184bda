"""Terraform with the real provider on the local environment: what was applied is read back as written."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from tests.local.clients import Clients

pytestmark = [pytest.mark.local, pytest.mark.terraform]
_SCRATCH = Path(__file__).parent / "scratch"
_ROOT = Path(__file__).resolve().parents[2]
_STATE = {
    "bucket": "batchyard-local-000000000000-tfstate",
    "key": "scratch/root.tfstate",
    "region": "us-east-1",
    "access_key": "000000000000",
    "secret_key": "local",
    "use_lockfile": "true",
    "use_path_style": "true",
    "skip_credentials_validation": "true",
}


class Scratch:
    """A copy of the scratch configuration, initialised on the local environment."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder = folder
        shutil.copytree(_SCRATCH, folder)
        with zipfile.ZipFile(folder / "function.zip", "w") as archive:
            archive.writestr("handler.py", "def handler(event, context):\n    return event\n")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TF_"))}
        rc = next((path for path in _configurations() if Path(path).is_file()), None)
        self.environment = kept | {"AWS_ENDPOINT_URL": endpoint, "TF_IN_AUTOMATION": "1"}
        self.environment |= {"TF_CLI_CONFIG_FILE": str(rc)} if rc else {}
        initialised = self.run("init", *(f"-backend-config={key}={value}" for key, value in _STATE.items()))
        if initialised.returncode and rc is None:
            pytest.skip(
                "the AWS provider can not be had: no registry, and TF_CLI_CONFIG_FILE names no mirror"
            )
        assert initialised.returncode == 0, initialised.stderr

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["terraform", *arguments, "-input=false", "-no-color"]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )


def _configurations() -> list[str]:
    return [os.environ.get("TF_CLI_CONFIG_FILE", ""), str(_ROOT / ".batchyard" / "terraform.rc")]


def test_a_second_plan_is_empty_and_the_state_is_locked(aws: Clients, tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        pytest.skip("the terraform command is not installed")
    scratch = Scratch(tmp_path / "scratch", aws.endpoint)
    applied = scratch.run("apply", "-auto-approve")
    assert applied.returncode == 0, applied.stderr
    planned = scratch.run("plan", "-detailed-exitcode")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    lock = {"Bucket": _STATE["bucket"], "Key": f"{_STATE['key']}.tflock"}
    aws("s3").put_object(Body=b'{"ID":"another","Operation":"OperationTypeApply","Who":"another"}', **lock)
    refused = scratch.run("plan")
    assert refused.returncode == 1
    assert "Error acquiring the state lock" in refused.stderr
    aws("s3").delete_object(**lock)
    destroyed = scratch.run("destroy", "-auto-approve")
    assert destroyed.returncode == 0, destroyed.stderr
