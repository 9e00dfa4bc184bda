#!/usr/bin/env python3
"""Set up everything the project needs on this machine; running it again costs nothing.

Standard library only: it runs before anything is installed. It makes .venv from the locked requirements,
checks the Terraform CLI, and finds where the AWS provider comes from: the registry, or, where that can not be
reached, a filesystem mirror. BATCHYARD_PROVIDER_MIRROR names a mirror outright.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MACHINE = ROOT / ".batchyard"
LOCK = ROOT / "terraform" / ".terraform.lock.hcl"
PYTHON = (3, 11)
TERRAFORM = (1, 10)
# Terraform's own implied mirrors first, then the roots where administrators put such things.
MIRROR_ROOTS = (
    "~/.terraform.d/plugins",
    "~/.local/share/terraform/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt",
    "/usr/local",
    "/usr/share",
    "/usr/lib",
    "/var/lib",
    "/srv",
)
MIRROR_DEPTH = 8
ADDITIONS = ("checkov", "bench")  # environments of their own: the scanner, what is compared with


class SetupError(Exception):
    """Something that the reader has to provide."""


def main(arguments: list[str]) -> int:
    """Set up; `--with checkov|bench` adds an environment of its own, `--only terraform` skips Python."""
    try:
        if "--only" not in arguments:
            environment(ROOT / ".venv", ROOT / "requirements" / "dev.lock", project=True)
        for name in ADDITIONS:
            if name in arguments:
                environment(ROOT / f".venv-{name}", ROOT / "requirements" / f"{name}.lock", project=False)
        terraform_version()
        configure_provider()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except subprocess.CalledProcessError as error:
        print(f"setup: {error}\n  see the output above; run make setup again", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def environment(folder: Path, lock: Path, *, project: bool) -> None:
    """Make a virtual environment with exactly the locked packages, unless it is already so."""
    if sys.version_info < PYTHON:
        raise SetupError(
            f"Python {PYTHON[0]}.{PYTHON[1]} or newer is needed, this is {platform.python_version()}"
        )
    inputs = lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + str(folder).encode()
    wanted = hashlib.sha256(inputs + sys.version.encode()).hexdigest()
    stamp = folder / "stamp"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    note(f"installing {lock.relative_to(ROOT)} into {folder.name} (once; a minute or two)")
    venv.create(folder, with_pip=True, clear=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
    if project:
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], check=True)
    stamp.write_text(wanted)


def terraform_version() -> tuple[int, int]:
    """Check the Terraform CLI on the PATH and return its version."""
    wanted = ".".join(map(str, TERRAFORM))
    executable = shutil.which("terraform")
    if executable is None:
        raise SetupError(
            f"Terraform {wanted} or newer is not on the PATH\n"
            "  install it (https://developer.hashicorp.com/terraform/install), then run make setup again"
        )
    clean = {key: value for key, value in os.environ.items() if key != "TF_CLI_CONFIG_FILE"}
    answer = subprocess.run(
        [executable, "version"], capture_output=True, text=True, check=True, env=clean
    ).stdout
    found = re.search(r"v(\d+)\.(\d+)", answer)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if version < TERRAFORM:
        raise SetupError(f"Terraform {wanted} or newer is needed, {executable} is {version[0]}.{version[1]}")
    return version


def configure_provider() -> None:
    """Write .batchyard/terraform.rc: which says where Terraform takes the provider from."""
    host, name, version = locked_provider(LOCK.read_text())
    inside = Path(host, name, version, machine())
    mirror = named_mirror(inside)
    if mirror is None and not reachable(host):
        mirror = find_mirror(host, inside)
        if mirror is None:
            raise SetupError(
                f"no provider {name} {version}: {host} does not answer, and no mirror was found\n"
                f"  set BATCHYARD_PROVIDER_MIRROR to a folder that holds {inside}/"
            )
    cache = MACHINE / "plugins"
    cache.mkdir(parents=True, exist_ok=True)
    file, text = MACHINE / "terraform.rc", terraform_rc(mirror, cache)
    if not file.is_file() or file.read_text() != text:
        note(f"the AWS provider comes from {mirror or host}")
        write(file, text)


def terraform_rc(mirror: Path | None, cache: Path) -> str:
    """Return the CLI configuration: a mirror and nothing else, or the registry with a cache."""
    if mirror is None:
        return f'plugin_cache_dir = "{cache}"\ndisable_checkpoint = true\n'
    installation = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
    return f"{installation}disable_checkpoint = true\n"


def locked_provider(lock: str) -> tuple[str, str, str]:
    """Return host, name and version of the provider that the lock file pins."""
    found = re.search(r'provider "([^/"]+)/([^"]+)" \{\s*version\s*=\s*"([^"]+)"', lock)
    if not found:
        raise SetupError(f"{LOCK}: no provider is locked; run terraform providers lock there")
    return found[1], found[2], found[3]


def reachable(host: str) -> bool:
    """Say whether a server answers at the host's HTTPS port."""
    try:
        socket.create_connection((host, 443), timeout=5).close()
    except OSError:
        return False
    return True


def machine() -> str:
    """Return the name that Terraform has for machines like this one, such as linux_amd64."""
    processors = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
    return f"{platform.system().lower()}_{processors.get(platform.machine(), platform.machine())}"


def named_mirror(inside: Path) -> Path | None:
    """Return the mirror that BATCHYARD_PROVIDER_MIRROR names, if it holds the provider."""
    named = os.environ.get("BATCHYARD_PROVIDER_MIRROR")
    if not named:
        return None
    if not (Path(named) / inside).is_dir():
        raise SetupError(f"BATCHYARD_PROVIDER_MIRROR={named} does not hold {inside}/")
    return Path(named).resolve()


def find_mirror(host: str, inside: Path) -> Path | None:
    """Return the first folder at the usual roots that is a mirror and holds the provider."""
    for root in MIRROR_ROOTS:
        for folder in walk(Path(root).expanduser(), MIRROR_DEPTH):
            if folder.name == host and (folder.parent / inside).is_dir():
                return folder.parent
    return None


def walk(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the folders below a folder, to a depth, without following links."""
    if depth == 0 or not folder.is_dir():
        return
    try:
        below = sorted(entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    for path in below:
        yield Path(path)
        yield from walk(Path(path), depth - 1)


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)


def note(text: str) -> None:
    """Tell the reader what takes time."""
    print(f"setup: {text}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
