"""Function zips: same sources, same bytes."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchyard.errors import BatchyardError
from batchyard.package import build, package
from batchyard.paths import project_root

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("functions", "templates", "terraform/environments"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "smoke"))
    (tmp_path / "modules").mkdir()
    monkeypatch.setenv("BATCHYARD_ROOT", str(tmp_path))
    project_root.cache_clear()
    yield tmp_path
    project_root.cache_clear()


def test_a_zip_holds_the_handler_and_what_is_shared(project: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(build("submit-job").content)) as archive:
        names = archive.namelist()
        modes = {entry.external_attr >> 16 for entry in archive.infolist()}
        times = {entry.date_time for entry in archive.infolist()}
    assert names == sorted(names)
    assert set(names) == {
        "handler.py",
        "limits.py",
        "submission.py",
        "shared/__init__.py",
        "shared/clients.py",
        "shared/errors.py",
        "shared/logs.py",
    }
    assert (modes, times) == ({0o100644}, {(1980, 1, 1, 0, 0, 0)})


def test_times_modes_and_caches_change_nothing(project: Path) -> None:
    first = build("submit-job")
    handler = project / "functions/submit-job/handler.py"
    os.utime(handler, (1, 1))
    handler.chmod(0o600)
    cache = project / "functions/shared/shared/__pycache__"
    cache.mkdir()
    (cache / "errors.cpython-312.pyc").write_bytes(b"x")
    assert build("submit-job").content == first.content


def test_a_changed_line_changes_the_hash(project: Path) -> None:
    first = build("submit-job")
    with (project / "functions/shared/shared/errors.py").open("a") as file:
        file.write("\n# changed\n")
    second = build("submit-job")
    assert first.sha256_base64 != second.sha256_base64
    assert second.sha256_base64 == base64.b64encode(hashlib.sha256(second.content).digest()).decode()


def test_packaging_writes_what_the_environment_deploys(project: Path) -> None:
    packages = package("local")
    assert sorted(packages) == ["job-status", "submit-job"]
    written = project / "build/local/functions/submit-job.zip"
    assert written.read_bytes() == packages["submit-job"].content


def test_a_dry_run_writes_nothing(project: Path) -> None:
    assert sorted(package("local", dry_run=True)) == ["job-status", "submit-job"]
    assert not (project / "build").exists()


def test_two_files_of_one_name_are_refused(project: Path) -> None:
    (project / "functions/submit-job/requirements.txt").write_text("")
    vendored = project / ".batchyard/vendored" / hashlib.sha256(b"").hexdigest()[:16]
    vendored.mkdir(parents=True)
    (vendored / "submission.py").write_text("")
    with pytest.raises(BatchyardError, match=r"two files would be submission\.py"):
        build("submit-job")


def test_vendored_packages_lie_beside_the_handler(project: Path) -> None:
    (project / "functions/submit-job/requirements.txt").write_text("")
    vendored = project / ".batchyard/vendored" / hashlib.sha256(b"").hexdigest()[:16]
    (vendored / "extra").mkdir(parents=True)
    (vendored / "extra" / "__init__.py").write_text("")
    with zipfile.ZipFile(io.BytesIO(build("submit-job").content)) as archive:
        assert "extra/__init__.py" in archive.namelist()


def test_requirements_without_hashes_are_refused(project: Path) -> None:
    (project / "functions/submit-job/requirements.txt").write_text("nothing-of-that-name\n")
    with pytest.raises(BatchyardError, match=r"requirements.txt: pip can not install it.*\n  pin every line"):
        build("submit-job")


def test_an_unknown_function_is_named(project: Path) -> None:
    with pytest.raises(BatchyardError, match=r"no function submit\n  it needs a function\.yaml"):
        build("submit")
