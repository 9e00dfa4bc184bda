"""render: files appear whole, all of them or none, and nothing old is left."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from batchyard.errors import BatchyardError
from batchyard.render import render
from batchyard.render.files import write_atomically

FILES = {
    "exome.asl.json",
    "exome.bundle.json",
    "exome-poll.asl.json",
    "exome-poll.bundle.json",
    "functions/job-status.zip",
    "functions/submit-job.zip",
}


def tree(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_rendering_is_complete_and_the_same_every_time(project: Path) -> None:
    build = project / "build" / "local"
    assert {str(path.relative_to(build)) for path in render("local")} == FILES
    first = tree(build)
    assert set(first) == FILES
    times = {path: path.stat().st_mtime_ns for path in build.rglob("*.json")}
    render("local")
    assert tree(build) == first
    assert {path: path.stat().st_mtime_ns for path in build.rglob("*.json")} == times


def test_the_bundle_names_the_files_beside_it(project: Path) -> None:
    render("local")
    build = project / "build" / "local"
    bundle = json.loads((build / "exome-poll.bundle.json").read_text())
    assert json.loads((build / bundle["state_machine"]["definition"]).read_text())["StartAt"] == "CheckInput"
    assert all((build / function["zip"]).is_file() for function in bundle["functions"].values())


def test_what_is_no_longer_deployed_is_removed_and_nothing_else(project: Path) -> None:
    render("local")
    build = project / "build" / "local"
    (build / "plan.tfplan").write_text("kept")
    tfvars = project / "terraform/environments/local.tfvars"
    lines = [line for line in tfvars.read_text().splitlines() if '"exome-poll"' not in line]
    tfvars.write_text("\n".join(lines) + "\n")
    render("local")
    assert set(tree(build)) == {"exome.asl.json", "exome.bundle.json", "plan.tfplan"}


def test_a_dry_run_writes_nothing(project: Path) -> None:
    assert len(render("local", dry_run=True)) == len(FILES)
    assert not (project / "build").exists()


def test_an_error_leaves_the_files_as_they_were(project: Path) -> None:
    render("local")
    before = tree(project / "build")
    manifest = project / "templates/workflows/exome/workflow.yaml"
    manifest.write_text(
        manifest.read_text().replace("vcpus: 4\n", "vcpus: 8\n", 1).replace("queue: low", "queue: lwo")
    )
    with pytest.raises(BatchyardError, match="no queue lwo"):
        render("local")
    assert tree(project / "build") == before


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a" / "file.json"
    assert write_atomically(target, b"old")
    assert not write_atomically(target, b"old")

    def fail(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == ["file.json"]
