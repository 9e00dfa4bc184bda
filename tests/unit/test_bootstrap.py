"""Setting up a machine: where the provider comes from, and what is said when something is missing."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

LOCK = 'provider "registry.example.org/hashicorp/aws" {\n  version     = "5.100.0"\n  hashes = []\n}\n'


@pytest.fixture
def bootstrap(project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", project_root / "scripts" / "bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "MACHINE", tmp_path / "machine")
    monkeypatch.setattr(module, "LOCK", tmp_path / "lock.hcl")
    monkeypatch.setattr(module, "MIRROR_ROOTS", (str(tmp_path / "roots"),))
    monkeypatch.delenv("BATCHYARD_PROVIDER_MIRROR", raising=False)
    module.LOCK.write_text(LOCK)
    return module


def mirror(at: Path, version: str = "5.100.0") -> Path:
    for machine in ("linux_amd64", "linux_arm64", "darwin_arm64", "darwin_amd64"):
        (at / "registry.example.org/hashicorp/aws" / version / machine).mkdir(parents=True)
    return at


def rc(module: ModuleType) -> str:
    return str((module.MACHINE / "terraform.rc").read_text())


def test_the_registry_is_used_where_it_answers(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "reachable", lambda host: host == "registry.example.org")
    bootstrap.configure_provider()
    assert "filesystem_mirror" not in rc(bootstrap)


def test_a_mirror_is_found_where_the_registry_does_not_answer(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "reachable", lambda host: False)
    wanted = mirror(tmp_path / "roots" / "some" / "place")
    mirror(tmp_path / "roots" / "old", version="5.1.0")
    bootstrap.configure_provider()
    assert f'path = "{wanted}"' in rc(bootstrap)


def test_a_named_mirror_wins(bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "reachable", lambda host: True)
    named = mirror(tmp_path / "named")
    monkeypatch.setenv("BATCHYARD_PROVIDER_MIRROR", str(named))
    bootstrap.configure_provider()
    assert f'path = "{named}"' in rc(bootstrap)


def test_a_named_mirror_without_the_provider_is_refused(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATCHYARD_PROVIDER_MIRROR", str(mirror(tmp_path / "old", version="5.1.0")))
    with pytest.raises(
        bootstrap.SetupError, match=r"does not hold registry\.example\.org/hashicorp/aws/5\.100\.0"
    ):
        bootstrap.configure_provider()


def test_no_registry_and_no_mirror_says_what_to_set(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "reachable", lambda host: False)
    monkeypatch.setattr(bootstrap, "environment", lambda *_, **__: None)
    monkeypatch.setattr(bootstrap, "terraform_version", lambda: (1, 11))
    assert bootstrap.main([]) == 1
    assert "set BATCHYARD_PROVIDER_MIRROR to a folder that holds" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("printed", "message"),
    [("Terraform v1.9.8", "1.10 or newer is needed"), (None, "is not on the PATH")],
)
def test_the_terraform_cli_is_checked(
    bootstrap: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    printed: str | None,
    message: str,
) -> None:
    if printed:
        (tmp_path / "terraform").write_text(f"#!/bin/sh\necho '{printed}'\n")
        (tmp_path / "terraform").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin" if printed else str(tmp_path))
    monkeypatch.setattr(bootstrap, "environment", lambda *_, **__: None)
    assert bootstrap.main([]) == 1
    assert message in capsys.readouterr().err


def test_an_up_to_date_environment_is_left_alone(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements").mkdir()
    lock = tmp_path / "requirements" / "dev.lock"
    lock.write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    calls: list[list[str]] = []
    monkeypatch.setattr(bootstrap.venv, "create", lambda folder, **_: folder.mkdir())
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda command, **_: calls.append(command))
    for _ in range(2):
        bootstrap.environment(tmp_path / "venv", lock, project=True)
    assert [command[6] for command in calls] == ["--require-hashes", "--no-deps"]
    lock.write_text("changed")
    with pytest.raises(FileExistsError):
        bootstrap.environment(tmp_path / "venv", lock, project=True)
