"""Container images of jobs: their tags, and building and pushing them with docker or podman."""

from __future__ import annotations

import base64
import hashlib
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchyard.environments import Environment
from batchyard.errors import BatchyardError, UsageError
from batchyard.output import Output

TAG_LENGTH = 12
_TOOLS = ("docker", "podman")
_ANSWER_SECONDS = 20
_SHARED = "shared"


@dataclass(frozen=True)
class Image:
    """An image of one job.

    Args:
        name: the job's folder under jobs/.
        uri: repository and tag.
        pushed: it was pushed by this call.
    """

    name: str
    uri: str
    pushed: bool = False


def image_names(project_root: Path) -> list[str]:
    """Return the names of all images: folders of jobs/ that hold a Dockerfile."""
    return sorted(path.parent.name for path in (project_root / "jobs").glob("*/Dockerfile"))


def image_tag(project_root: Path, name: str) -> str:
    """Return the tag of an image: what goes into it decides, nothing else.

    Args:
        project_root: the project's root folder.
        name: the image's name.

    Returns:
        the first 12 hex digits of the SHA-256 over paths and bytes of jobs/<name>/ and jobs/shared/.

    Raises:
        UsageError: there is no such image.
    """
    jobs = project_root / "jobs"
    if not (jobs / name / "Dockerfile").is_file():
        known = ", ".join(image_names(project_root)) or "none"
        raise UsageError(f"unknown image {name}", where=str(jobs), fix=f"known: {known}")
    digest = hashlib.sha256()
    for path in sorted(
        _files(jobs / name) + _files(jobs / _SHARED), key=lambda path: path.relative_to(jobs).as_posix()
    ):
        data = path.read_bytes()
        # Lengths keep one file's end from passing for the next one's beginning.
        digest.update(f"{path.relative_to(jobs).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:TAG_LENGTH]


def build(
    names: Sequence[str],
    *,
    project_root: Path,
    output: Output,
    environment: Environment | None = None,
    push: bool = False,
    base_digest: str = "",
    dry_run: bool = False,
) -> list[Image]:
    """Build images, and push them if asked to.

    Args:
        names: images to build; empty for all.
        project_root: the project's root folder.
        output: where commands and progress go.
        environment: whose registry the images are named for; None for a name of this machine only.
        push: also push what the registry does not hold yet.
        base_digest: `sha256:...` that the base image has to have; empty for what its version tag points to.
        dry_run: print the commands instead of running them.

    Returns:
        the images, in order.

    Raises:
        UsageError: a name is unknown, or pushing is asked for without an environment.
        BatchyardError: neither docker nor podman answers, or one of its commands fails.
    """
    if push and environment is None:
        raise UsageError("pushing needs an environment", fix="name one: --env <name>")
    chosen = list(names) or image_names(project_root)
    uris = {name: _uri(project_root, name, environment) for name in chosen}
    tool = _TOOLS[0] if dry_run else container_tool()
    for name, uri in uris.items():
        _run(_build_command(tool, project_root, name, uri, base_digest), output, dry_run=dry_run)
    pushed = _push(tool, uris, environment, output, dry_run=dry_run) if push and environment else set()
    return [Image(name, uri, name in pushed) for name, uri in uris.items()]


def container_tool() -> str:
    """Return the path of docker or podman, whichever is found first and answers.

    Raises:
        BatchyardError: neither is there, or none that is there answers.
    """
    silent = []
    for name in _TOOLS:
        path = shutil.which(name)
        if path and _answers(path):
            return path
        if path:
            silent.append(name)
    what = (
        f"{' and '.join(silent)} found, but no daemon answers"
        if silent
        else "neither docker nor podman is on the PATH"
    )
    fix = (
        "start it, and try `docker info`"
        if silent
        else "install one of them; running jobs locally needs neither"
    )
    raise BatchyardError(f"images can not be built: {what}", fix=fix)


def _answers(path: str) -> bool:
    try:
        return (
            subprocess.run(
                [path, "info"], capture_output=True, timeout=_ANSWER_SECONDS, check=False
            ).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    ]


def _uri(project_root: Path, name: str, environment: Environment | None) -> str:
    tag = image_tag(project_root, name)
    return environment.names.image(name, tag) if environment else f"batchyard/{name}:{tag}"


def _build_command(tool: str, project_root: Path, name: str, uri: str, base_digest: str) -> list[str]:
    jobs = project_root / "jobs"
    digest = ["--build-arg", f"PYTHON_DIGEST={base_digest}"] if base_digest else []
    return [tool, "build", "--file", str(jobs / name / "Dockerfile"), "--tag", uri, *digest, str(jobs)]


def _push(
    tool: str, uris: dict[str, str], environment: Environment, output: Output, *, dry_run: bool
) -> set[str]:
    if dry_run:
        for uri in uris.values():
            _run([tool, "push", uri], output, dry_run=True)
        return set()
    from batchyard.aws import client

    registry = client(environment, "ecr")
    missing = {name: uri for name, uri in uris.items() if not _is_there(registry, environment, name, uri)}
    if missing:
        _log_in(tool, registry, next(iter(missing.values())).partition("/")[0], output)
    for uri in missing.values():
        _run([tool, "push", uri], output)
    return set(missing)


def _is_there(registry: Any, environment: Environment, name: str, uri: str) -> bool:  # noqa: ANN401 - boto3 client
    # Tags are immutable, and two builds of the same sources differ in times: pushing again would be refused.
    from botocore.exceptions import ClientError

    repository = environment.names.repository(name)
    try:
        registry.describe_images(repositoryName=repository, imageIds=[{"imageTag": uri.rpartition(":")[2]}])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ImageNotFoundException":
            return False
        raise BatchyardError(
            f"the registry refuses: {error}",
            where=repository,
            fix="apply the environment first; it makes the repository",
        ) from error
    return True


def _log_in(tool: str, registry: Any, host: str, output: Output) -> None:  # noqa: ANN401 - boto3 client
    token = registry.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(token).decode().partition(":")
    _run([tool, "login", "--username", user, "--password-stdin", host], output, stdin=password)


def _run(command: Sequence[str], output: Output, *, dry_run: bool = False, stdin: str | None = None) -> None:
    if dry_run:
        output.line(f"Would run: {shlex.join(command)}")
        return
    output.note(f"+ {shlex.join(command)}")
    # Their words are progress, not data: standard output belongs to what this program prints.
    done = subprocess.run(
        command, input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        last = "\n  ".join(done.stdout.strip().splitlines()[-5:])
        raise BatchyardError(f"exit code {done.returncode}", where=shlex.join(command[:2]), fix=last)
