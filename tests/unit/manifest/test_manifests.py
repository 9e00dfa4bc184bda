"""Manifests: what is wrong is said with file, line, key and the nearest known key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.errors import ManifestError, UsageError
from batchyard.manifest import Function, Workflow, load_function, load_workflow, workflow_names
from batchyard.manifest.checking import check
from batchyard.manifest.fields import seconds
from batchyard.manifest.marked import read_yaml
from batchyard.paths import project_root

GOOD = """\
name: demo
description: A demonstration
jobs:
  first:
    image: tool
    queue: high
    vcpus: 2
    memory: 4000
    timeout: 1h30m
    command: [--in, Ref::input, --memory, Ref::memory]
    permissions:
      - {sid: Read, actions: [s3:GetObject], resources: ["{bucket.data}/*"]}
"""


def workflow(text: str) -> Workflow:
    return check(Workflow, read_yaml(text, "workflow.yaml"))


def fault(text: str) -> str:
    with pytest.raises(ManifestError) as caught:
        workflow(text)
    return str(caught.value)


def test_a_good_manifest_is_read_with_its_defaults() -> None:
    manifest = workflow(GOOD)
    job = manifest.jobs["first"]
    assert (manifest.wait, manifest.poll_seconds, job.timeout, job.retry, job.scratch) == (
        "sync",
        30,
        5400,
        "spot",
        False,
    )
    assert job.placeholders == ["input", "memory"]
    assert job.defaults == {"memory": "4000"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "    image: tool\n",
            "    image: tool\n    kind:\n",
            "workflow.yaml:6: jobs.first.kind: nothing is none of container, gpu",
        ),
        (
            "memory: 4000",
            "memory: 1g",
            "memory: has to be a whole number, not '1g'\n  write 1024, the number",
        ),
        ("memory: 4000", "memory: 512 MiB", "not '512 MiB'\n  write 512, the number of MiB"),
        ("memory: 4000", "memory: 1.5", "not 1.5\n  write a whole number, without a point or a unit"),
        ("description:", "descripton:", "workflow.yaml:2: unknown key descripton"),
        ("    vcpus: 2", "    vcpu: 2", "workflow.yaml:7: unknown key jobs.first.vcpu"),
        ("sid: Read,", "sdi: Read,", "workflow.yaml:12: unknown key jobs.first.permissions.0.sdi"),
        ("    queue: high\n", "", "workflow.yaml:4: key jobs.first.queue is missing"),
        (
            "memory: 4000",
            "memory: lots",
            "workflow.yaml:8: jobs.first.memory: has to be a whole number",
        ),
        ("timeout: 1h30m", "timeout: 90", "workflow.yaml:9: jobs.first.timeout: not a duration"),
        (
            "timeout: 1h30m",
            "timeout: 59s",
            "workflow.yaml:9: jobs.first.timeout: AWS Batch gives an attempt at least 60 seconds, not 59",
        ),
        (
            "timeout: 1h30m",
            "timeout: 1h\n    retry: lots",
            "workflow.yaml:10: jobs.first.retry: unknown preset lots",
        ),
        (
            "timeout: 1h30m",
            "timeout: 1h\n    retry: {attempts: 11}",
            "workflow.yaml:10: jobs.first.retry.attempts: has to be at most 10",
        ),
        (
            "s3:GetObject",
            "s3:*",
            "workflow.yaml:12: jobs.first.permissions.0.actions: s3:* is no single action",
        ),
        (
            '"{bucket.data}/*"',
            '"*"',
            "workflow.yaml:12: jobs.first.permissions.0: s3:GetObject can be limited",
        ),
        (
            "jobs:",
            "jobs:\n  other: 5",
            "workflow.yaml:4: jobs.other: has to be a mapping, not 5\n  write {",
        ),
        (
            "    queue: high\n",
            "",
            "workflow.yaml:4: key jobs.first.queue is missing\n  write queue: a",
        ),
        ("name: demo", "name: Demo", "workflow.yaml:1: name: has to be lower-case letters"),
        ("jobs:", "triggers: [{type: s3}]\njobs:", "workflow.yaml:3: triggers: triggers are not deployed"),
        (
            "jobs:",
            "notify: {on: [LATE]}\njobs:",
            "workflow.yaml:3: notify.on.0: 'LATE' is none of",
        ),
    ],
)
def test_a_wrong_manifest_names_file_line_and_key(old: str, new: str, message: str) -> None:
    assert message in fault(GOOD.replace(old, new, 1))


def test_an_unknown_key_is_answered_with_the_nearest_known_one() -> None:
    assert "did you mean vcpus?" in fault(GOOD.replace("vcpus", "vcpu"))
    assert "did you mean retry?" in fault(GOOD.replace("    vcpus: 2", "    vcpus: 2\n    retries: spot"))
    assert "known keys: allow_root, command, devices, environment" in fault(
        GOOD.replace("    vcpus: 2", "    vcpus: 2\n    zzz: 1")
    )


def test_every_fault_is_told_at_once() -> None:
    text = fault(GOOD.replace("vcpus: 2", "vcpus: -2").replace("memory: 4000", "memory: 1"))
    assert "jobs.first.vcpus" in text
    assert "jobs.first.memory" in text


def test_an_empty_manifest_is_no_manifest() -> None:
    assert "empty" in fault("")


@pytest.mark.parametrize(
    ("text", "expected"), [("6h", 21600), ("90m", 5400), ("600s", 600), ("1d2h3m4s", 93784), ("1h30m", 5400)]
)
def test_durations(text: str, expected: int) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "6", "6 h", "h", "-1h", "1.5h", "30m1h", None, 600])
def test_no_durations(text: object) -> None:
    with pytest.raises(ValueError, match="write it as 6h"):
        seconds(text)


@given(st.integers(0, 30), st.integers(0, 99), st.integers(0, 99), st.integers(1, 99))
def test_a_duration_is_the_sum_of_its_parts(days: int, hours: int, minutes: int, rest: int) -> None:
    assert seconds(f"{days}d{hours}h{minutes}m{rest}s") == ((days * 24 + hours) * 60 + minutes) * 60 + rest


def test_a_function_manifest_refuses_an_unknown_key() -> None:
    text = "description: Does it\nhandler: handler.handler\nmemory: 256\n"
    with pytest.raises(
        ManifestError, match=r"function.yaml:3: unknown key memory\n  did you mean memory_mb\?"
    ):
        check(Function, read_yaml(text, "function.yaml"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for folder in ("templates/workflows/demo", "terraform", "modules", "functions"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "templates/workflows/demo/workflow.yaml").write_text(GOOD)
    monkeypatch.setenv("BATCHYARD_ROOT", str(tmp_path))
    project_root.cache_clear()
    yield tmp_path
    project_root.cache_clear()


def test_a_workflow_is_found_by_its_folder(project: Path) -> None:
    assert workflow_names() == ["demo"]
    assert load_workflow("demo").name == "demo"


def test_an_unknown_folder_is_answered_with_the_known_ones(project: Path) -> None:
    with pytest.raises(UsageError, match="no workflow folder dmeo\n  there is: demo"):
        load_workflow("dmeo")
    with pytest.raises(UsageError, match="no function submit"):
        load_function("submit")


def test_the_name_has_to_be_the_folder_s(project: Path) -> None:
    (project / "templates/workflows/demo/workflow.yaml").write_text(GOOD.replace("name: demo", "name: other"))
    with pytest.raises(ManifestError, match=r"templates/workflows/demo/workflow.yaml:1: name: it is other"):
        load_workflow("demo")
