"""Plans of module examples by the real provider, without an account: only one validation call is answered.

Run it to see what an example plans, as YAML to choose expectations from:
`python -m tests.terraform.module_plans network`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import yaml

from tests.terraform.module_readme import example

ROOT = Path(__file__).resolve().parents[2]
_LEFT = shutil.ignore_patterns(".terraform", ".terraform.lock.hcl", "*.tfstate*")
_REQUIRED = """terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
"""
_PROVIDER = """
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "000000000000"
  secret_key                  = "not-a-secret"
  max_retries                 = 1
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}
"""


class Workspace:
    """Copies of all modules and one initialised provider, which all plans and mocked tests share."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder, self._endpoint = folder, endpoint
        self._seed = folder / "seed"
        shutil.copytree(ROOT / "modules", folder / "modules", ignore=_LEFT)
        self._seed.mkdir()
        (self._seed / "versions.tf").write_text(_REQUIRED)
        self.run("init", "-backend=false", folder=self._seed)

    def run(self, *arguments: str, folder: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Terraform in a folder and return what it said."""
        command = ["terraform", f"-chdir={folder}", arguments[0], "-no-color", *arguments[1:]]
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TF_"))}
        candidates = [os.environ.get("TF_CLI_CONFIG_FILE", ""), str(ROOT / ".batchyard" / "terraform.rc")]
        config = next((name for name in candidates if name and Path(name).is_file()), None)
        settings = {"AWS_ENDPOINT_URL": self._endpoint, "AWS_EC2_METADATA_DISABLED": "true"}
        settings |= {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
        # The provider's schema fills the heap once; collecting less often saves a third of the CPU.
        settings["GOGC"] = os.environ.get("GOGC", "400")
        return kept | settings | ({"TF_CLI_CONFIG_FILE": config} if config else {})

    def schema(self) -> dict[str, Any]:
        """Return the schema of every resource of the provider, by type."""
        command = ["terraform", f"-chdir={self._seed}", "providers", "schema", "-json"]
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=True)
        [provider] = json.loads(done.stdout)["provider_schemas"].values()
        return dict(provider["resource_schemas"])

    def root(self, name: str) -> Path:
        """Return a new root module with a provider that asks nothing, beside the copies of the modules."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "provider.tf").write_text(_REQUIRED + _PROVIDER)
        self._adopt(folder)
        return folder

    def _adopt(self, folder: Path) -> None:
        (folder / ".terraform").mkdir()
        (folder / ".terraform" / "providers").symlink_to(self._seed / ".terraform" / "providers")
        shutil.copy(self._seed / ".terraform.lock.hcl", folder)

    def module(self, name: str) -> Path:
        """Return the copy of a module, ready for `terraform test`."""
        folder = self.folder / "modules" / name
        if not (folder / ".terraform").exists():
            self._adopt(folder)
        return folder

    def without_tests(self, name: str) -> Path:
        """Return another copy of a module, ready for `terraform test`, whose folder of tests is empty."""
        folder = self.folder / "modules" / f"{name}-alone"
        shutil.copytree(
            ROOT / "modules" / name, folder, ignore=shutil.ignore_patterns("tests", ".terraform*")
        )
        (folder / "tests").mkdir()
        self._adopt(folder)
        return folder

    def plan(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the planned values of a module's README example, by resource address."""
        code, _ = example(ROOT / "modules" / name / "README.md")
        folder = self.root(f"example-{name}")
        (folder / "main.tf").write_text(re.sub(r'"[./]*modules/([\w-]+)"', r'"../modules/\1"', code))
        self.run("get", folder=folder)
        self.run("plan", "-refresh=false", "-lock=false", "-out=plan", folder=folder)
        shown = json.loads(self.run("show", "-json", "plan", folder=folder).stdout)
        return dict(_resources(shown["planned_values"]["root_module"]))


def _resources(module: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in module.get("resources", []):
        yield resource["address"], resource["values"]
    for child in module.get("child_modules", []):
        yield from _resources(child)


def differences(expected: Any, planned: Any, where: str = "") -> list[str]:
    """Return where planned values do not hold the expected ones.

    A mapping is a subset; a list matches item by item and in length; a string of JSON, such as a policy, is
    read where a mapping or a list is expected; a resource that is expected to be null must not be planned.
    """
    if isinstance(expected, dict | list) and isinstance(planned, str):
        planned = json.loads(planned)
    if isinstance(expected, dict) and isinstance(planned, dict):
        return [
            line
            for key in expected
            for line in differences(expected[key], planned.get(key), f"{where}/{key}")
        ]
    if isinstance(expected, list) and isinstance(planned, list) and len(expected) == len(planned):
        pairs = enumerate(zip(expected, planned, strict=True))
        return [
            line for number, (one, other) in pairs for line in differences(one, other, f"{where}/{number}")
        ]
    return [] if expected == planned else [f"{where}: expected {expected!r}, planned {planned!r}"]


class _Service(BaseHTTPRequestHandler):
    """Answers the one call that planning makes for a new resource, and refuses all others by name."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = self.headers.get("X-Amz-Target", self.path)
        if target == "AWSStepFunctions.ValidateStateMachineDefinition":
            self._answer(200, {"result": "OK", "diagnostics": [], "truncated": False})
        else:
            self._answer(
                400, {"__type": "ValidationException", "message": f"planning must not call {target}"}
            )

    def do_GET(self) -> None:
        self._answer(400, {"__type": "ValidationException", "message": f"planning must not get {self.path}"})

    def _answer(self, status: int, body: Mapping[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Keep test output free of request lines."""


@contextmanager
def workspace(folder: Path) -> Iterator[Workspace]:
    """Give a workspace in an empty folder, and the service that its plans may call while it lasts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Workspace(folder, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary, workspace(Path(temporary)) as _space:
        for _name in sys.argv[1:]:
            yaml.safe_dump(_space.plan(_name), sys.stdout, sort_keys=True)
