"""Function zips: same sources, same bytes, on every machine; built before a plan, never during it."""

from __future__ import annotations

import base64
import hashlib
import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from batchyard.errors import BatchyardError
from batchyard.paths import build_dir, machine_dir, project_root
from batchyard.render.files import write_atomically

# The first moment that a zip file can note; a real one would change the hash at every checkout.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = ("__pycache__", ".pytest_cache", ".mypy_cache")
# Lambda's limit for a directly uploaded package (Lambda quotas, "Deployment package size").
_MAX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True)
class Package:
    """A function's zip, in memory.

    Args:
        function: the function folder's name.
        content: the zip's bytes.
    """

    function: str
    content: bytes

    @cached_property
    def sha256_base64(self) -> str:
        """Return the hash in the form in which Lambda reports it."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()


def build(function: str) -> Package:
    """Make a function's zip without writing it.

    It holds the function's own modules, the common package `shared`, and what requirements.txt names.

    Args:
        function: the name of a folder below functions/.

    Raises:
        BatchyardError: there is no such function, two files would get one name, or the zip is too big.
    """
    folder = project_root() / "functions" / function
    if not (folder / "function.yaml").is_file():
        raise BatchyardError(f"no function {function}", where=str(folder), fix="it needs a function.yaml")
    members = _members(function, folder)
    content = _zip(members)
    if len(content) > _MAX_BYTES:
        size = f"{len(content) / 1024**2:.0f} MiB"
        raise BatchyardError(
            f"the zip of {function} has {size}, at most 50 MiB", fix="require fewer packages"
        )
    return Package(function, content)


def package(environment: str, *, dry_run: bool = False) -> dict[str, Package]:
    """Build the zips of every function that an environment deploys, in build/<environment>/functions.

    Args:
        environment: the environment's name.
        dry_run: write nothing.

    Returns:
        the packages by function name.

    Raises:
        BatchyardError: an environment, a manifest or a function is wrong.
    """
    from batchyard.environments import load
    from batchyard.render.deployment import deployments

    wanted = {name for each in deployments(load(environment)) for name in each.function_names}
    packages = {name: build(name) for name in sorted(wanted)}
    for name, each in packages.items() if not dry_run else ():
        write_atomically(build_dir(environment) / "functions" / f"{name}.zip", each.content)
    return packages


def _members(function: str, folder: Path) -> dict[str, Path]:
    """Return the zip's files by their name in it."""
    common = project_root() / "functions" / "shared"
    found = {path.name: path for path in folder.glob("*.py")}
    vendored = _vendored(folder / "requirements.txt")
    added = {**_tree(common / "shared", common), **(_tree(vendored, vendored) if vendored else {})}
    for name in sorted(found.keys() & added.keys()):
        what = f"{function}: two files would be {name}"
        raise BatchyardError(what, where=str(found[name]), fix="rename the module")
    return found | added


def _tree(top: Path, base: Path) -> dict[str, Path]:
    """Return the files below a folder by their path from `base`; caches are left out."""
    return {
        path.relative_to(base).as_posix(): path
        for path in top.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not {*path.parts} & {*_LEFT_OUT}
    }


def _zip(members: dict[str, Path]) -> bytes:
    buffer = io.BytesIO()
    # Stored, not deflated: compressed bytes differ between builds of zlib, and Lambda unpacks either.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, members[name].read_bytes())
    return buffer.getvalue()


def _vendored(requirements: Path) -> Path | None:
    """Return the folder with a requirements file's packages; installs them once per content of the file."""
    if not requirements.is_file():
        return None
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    target = machine_dir() / "vendored" / digest
    if not target.is_dir():
        _install(requirements, target)
    return target


def _install(requirements: Path, target: Path) -> None:
    half_done = target.with_name(f"{target.name}.part")
    half_done.mkdir(parents=True, exist_ok=True)
    # --no-compile and pinned hashes: what is installed depends on the file alone.
    options = ["--quiet", "--no-compile", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        *options,
        "--target",
        str(half_done),
        "-r",
        str(requirements),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        fix = "pin every line with == and --hash"
        raise BatchyardError(f"pip can not install it: {last}", where=str(requirements), fix=fix)
    half_done.rename(target)
