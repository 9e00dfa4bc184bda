"""A copy of the root module with its modules, templates and bundles, planned against an emulated account."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

_SOURCE = Path(__file__).resolve().parents[2]
_FIXTURE = Path(__file__).with_name("fixtures") / "build" / "local"
_BACKEND = 'terraform {\n  backend "local" {}\n}\n'


def provider_configuration() -> Path | None:
    """Return Terraform's configuration with a provider mirror: the caller's, or what bootstrap wrote."""
    candidates = [os.environ.get("TF_CLI_CONFIG_FILE", ""), str(_SOURCE / ".batchyard" / "terraform.rc")]
    return next((Path(name) for name in candidates if name and Path(name).is_file()), None)


@contextmanager
def emulator(folder: Path) -> Iterator[str]:
    """Run MiniStack in a process of its own and give its address: it answers what planning asks of AWS."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    settings = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "STATE_DIR": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=os.environ | settings, stdout=log, stderr=log
        )
        try:
            _wait(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{address}/_localstack/health", timeout=5):
                return
        except URLError:
            time.sleep(0.1)
    raise RuntimeError("the emulator did not start; see its log")


class RootProject:
    """The copy, with Terraform's working data and its state inside."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder, self.endpoint = folder, endpoint
        self.root = folder / "terraform"
        left = shutil.ignore_patterns(".terraform", "*.tfstate*", "tests", "README.md")
        for name in ("terraform", "modules", "templates"):
            shutil.copytree(_SOURCE / name, folder / name, ignore=left)
        (self.root / "backend_override.tf").write_text(_BACKEND)
        self.terraform("init", "-lockfile=readonly", account="000000000000")

    def bundle(self, environment: str, account: str, region: str, name: str = "exome") -> Path:
        """Write a bundle for an environment, made from the one of the fixture, with its function zips."""
        target = self.folder / "build" / environment
        (target / "functions").mkdir(parents=True, exist_ok=True)
        for kind in ("asl.json", "bundle.json"):
            text = (_FIXTURE / f"exome.{kind}").read_text()
            text = text.replace("000000000000", account).replace("us-east-1", region)
            text = text.replace('"environment": "local"', f'"environment": "{environment}"')
            text = text.replace("batchyard-local", f"batchyard-{environment}")
            text = text.replace(f"{environment}-exome", f"{environment}-{name}")
            text = text.replace("exome.asl.json", f"{name}.asl.json")
            (target / f"{name}.{kind}").write_text(text)
        path = target / f"{name}.bundle.json"
        document = json.loads(path.read_text())
        for function in document["functions"].values():
            function["sha256_base64"] = _zip(target / function["zip"])
        path.write_text(json.dumps(document))
        return path

    def plan(self, environment: str, account: str, *arguments: str) -> dict[str, Any]:
        """Return the JSON of a plan of an environment's data."""
        file = self.folder / f"{environment}.tfplan"
        data = f"-var-file=environments/{environment}.tfvars"
        self.terraform("plan", data, f"-out={file}", *arguments, account=account)
        plan: dict[str, Any] = json.loads(self.terraform("show", "-json", str(file), account=account))
        return plan

    def terraform(self, *arguments: str, account: str) -> str:
        """Run Terraform and return what it printed; what it says on failure is the exception's text."""
        done = subprocess.run(
            [
                "terraform",
                arguments[0],
                *(() if arguments[0] == "show" else ("-input=false",)),
                *_plain(arguments),
            ],
            cwd=self.root,
            env=self._variables(account),
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(" ".join(done.stderr.replace("│", " ").split()))
        return done.stdout

    def _variables(self, account: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TF_"))}
        configuration = provider_configuration()
        return kept | {
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            **({"TF_CLI_CONFIG_FILE": str(configuration)} if configuration else {}),
        }


def _plain(arguments: tuple[str, ...]) -> list[str]:
    first, *rest = arguments
    return rest if first == "show" else ["-no-color", *rest]


def _zip(path: Path) -> str:
    """Write a function's zip and return its SHA-256 in base64."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("handler.py"), "def handler(event, context):\n    return event\n")
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
