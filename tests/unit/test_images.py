from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from batchyard import images
from batchyard.environments import Environment
from batchyard.errors import BatchyardError, UsageError
from batchyard.output import Output

DEV = Environment(environment="dev", account_id="123456789012", region="eu-west-1")
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"

# Stands in for docker and podman: records what it is called with and what it reads.
STAND_IN = """#!{python}
import json, os, pathlib, sys
stdin = sys.stdin.read() if "--password-stdin" in sys.argv else ""
words = [pathlib.Path(sys.argv[0]).name, *sys.argv[1:], *([stdin] if stdin else [])]
with open({calls!r}, "a") as calls:
    calls.write(json.dumps(words) + "\\n")
sys.stdout.write("words of the tool")
sys.exit({failing}.get(sys.argv[1], 0))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    files = {
        "align/Dockerfile": "FROM scratch",
        "align/main.py": "a",
        "call/Dockerfile": "FROM scratch",
        "shared/lib/x.py": "x",
        "README.md": "words",
    }
    for name, text in files.items():
        path = root / "jobs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Callable[[], list[list[str]]]]:
    """Return a function that puts stand-ins on an empty PATH, and returns what reads their calls."""
    folder, calls = tmp_path / "bin", tmp_path / "calls"
    folder.mkdir()
    calls.touch()
    monkeypatch.setenv("PATH", str(folder))

    def install(**failing: dict[str, int]) -> Callable[[], list[list[str]]]:
        for name, codes in failing.items():
            path = folder / name
            path.write_text(STAND_IN.format(python=sys.executable, calls=str(calls), failing=codes))
            path.chmod(0o755)
        return lambda: [json.loads(line) for line in calls.read_text().splitlines()]

    return install


def test_the_projects_images_are_the_jobs_with_a_dockerfile(project_root: Path) -> None:
    assert {"align", "annotate", "call", "stats"} <= set(images.image_names(project_root))
    assert "shared" not in images.image_names(project_root)


def test_a_tag_is_twelve_hex_digits_and_stays_as_it_is(project: Path) -> None:
    tag = images.image_tag(project, "align")
    assert len(tag) == 12
    int(tag, 16)
    (project / "jobs/align/__pycache__").mkdir()
    (project / "jobs/align/__pycache__/main.cpython-311.pyc").write_text("bytes")
    (project / "jobs/call/main.py").write_text("another job")
    (project / "jobs/README.md").write_text("other words")
    assert images.image_tag(project, "align") == tag


@pytest.mark.parametrize(
    "change",
    [
        lambda jobs: (jobs / "align/main.py").write_text("b"),
        lambda jobs: (jobs / "shared/lib/x.py").write_text("y"),
        lambda jobs: (jobs / "align/new").write_text(""),
        lambda jobs: (jobs / "align/main.py").rename(jobs / "align/other.py"),
    ],
)
def test_whatever_goes_into_an_image_changes_its_tag(project: Path, change: Callable[[Path], object]) -> None:
    before = images.image_tag(project, "align")
    change(project / "jobs")
    assert images.image_tag(project, "align") != before


def test_an_unknown_image_is_refused_with_those_that_are_known(project: Path) -> None:
    with pytest.raises(UsageError, match="unknown image aling") as caught:
        images.image_tag(project, "aling")
    assert caught.value.fix == "known: align, call"


def test_images_are_built_with_the_jobs_folder_as_context(project: Path, tools: Any) -> None:
    calls = tools(docker={})
    digest = "sha256:" + "a" * 64
    built = images.build([], project_root=project, output=Output(), environment=DEV, base_digest=digest)
    uri = f"{REGISTRY}/batchyard-dev/align:{images.image_tag(project, 'align')}"
    assert [(image.name, image.pushed) for image in built] == [("align", False), ("call", False)]
    assert built[0].uri == uri
    jobs = str(project / "jobs")
    assert calls()[:2] == [
        ["docker", "info"],
        [
            *("docker", "build", "--file", f"{jobs}/align/Dockerfile", "--tag", uri),
            *("--build-arg", f"PYTHON_DIGEST={digest}", jobs),
        ],
    ]


def test_podman_is_taken_where_docker_does_not_answer(project: Path, tools: Any) -> None:
    calls = tools(docker={"info": 1}, podman={})
    built = images.build(["call"], project_root=project, output=Output())
    assert built[0].uri == f"batchyard/call:{images.image_tag(project, 'call')}"
    assert [call[:2] for call in calls()] == [["docker", "info"], ["podman", "info"], ["podman", "build"]]


@pytest.mark.parametrize(
    ("installed", "words"),
    [
        ({}, "neither docker nor podman is on the PATH"),
        ({"docker": {"info": 1}}, "docker found, but no daemon answers"),
    ],
)
def test_without_a_tool_that_answers_the_error_says_what_to_do(
    project: Path, tools: Any, installed: dict[str, dict[str, int]], words: str
) -> None:
    tools(**installed)
    with pytest.raises(BatchyardError, match=f"images can not be built: {words}") as caught:
        images.build(["align"], project_root=project, output=Output())
    assert caught.value.fix


def test_a_failed_build_shows_the_tools_last_words(project: Path, tools: Any) -> None:
    tools(docker={"build": 3})
    with pytest.raises(BatchyardError, match="exit code 3\n  words of the tool"):
        images.build(["align"], project_root=project, output=Output())


def test_a_dry_run_prints_commands_and_needs_no_tool(
    project: Path, tools: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = tools()
    images.build(["align"], project_root=project, output=Output(), environment=DEV, push=True, dry_run=True)
    uri = f"{REGISTRY}/batchyard-dev/align:{images.image_tag(project, 'align')}"
    jobs = project / "jobs"
    assert capsys.readouterr().out.splitlines() == [
        f"Would run: docker build --file {jobs}/align/Dockerfile --tag {uri} {jobs}",
        f"Would run: docker push {uri}",
    ]
    assert calls() == []


class Registry:
    """ECR, as far as pushing asks it."""

    def __init__(self, *there: str) -> None:
        self.there = there

    def describe_images(self, **asked: Any) -> dict[str, Any]:
        if asked["repositoryName"] not in self.there:
            code = "ImageNotFoundException" if self.there else "RepositoryNotFoundException"
            raise ClientError({"Error": {"Code": code, "Message": "words"}}, "DescribeImages")
        return {}

    def get_authorization_token(self) -> dict[str, Any]:
        return {"authorizationData": [{"authorizationToken": base64.b64encode(b"AWS:pass:word").decode()}]}


def test_only_what_the_registry_lacks_is_pushed(
    project: Path, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tools(docker={})
    monkeypatch.setattr("batchyard.aws.client", lambda *_: Registry("batchyard-dev/call"))
    built = images.build([], project_root=project, output=Output(), environment=DEV, push=True)
    assert [(image.name, image.pushed) for image in built] == [("align", True), ("call", False)]
    assert calls()[-2:] == [
        ["docker", "login", "--username", "AWS", "--password-stdin", REGISTRY, "pass:word"],
        ["docker", "push", built[0].uri],
    ]


def test_a_missing_repository_says_to_apply_first(
    project: Path, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools(docker={})
    monkeypatch.setattr("batchyard.aws.client", lambda *_: Registry())
    with pytest.raises(BatchyardError, match="apply the environment first"):
        images.build(["align"], project_root=project, output=Output(), environment=DEV, push=True)


def test_pushing_needs_an_environment(project: Path) -> None:
    with pytest.raises(UsageError, match="pushing needs an environment"):
        images.build(["align"], project_root=project, output=Output(), push=True)
