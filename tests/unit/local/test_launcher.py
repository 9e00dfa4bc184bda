"""What a server is started with."""

from __future__ import annotations

import pytest

from batchyard.local import launcher


def test_nothing_of_the_person_gets_into_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PYTHONSTARTUP"):
        monkeypatch.setenv(name, "private")
    for name in ("PATH", "HOME", "LC_ALL", "DOCKER_HOST", "BATCHYARD_LOCAL_DIR", "SFN_WAIT_SCALE"):
        monkeypatch.setenv(name, "kept")
    found = launcher._environment()
    assert "private" not in found.values()
    assert {name for name, value in found.items() if value == "kept"} == {
        "PATH",
        "HOME",
        "LC_ALL",
        "DOCKER_HOST",
        "BATCHYARD_LOCAL_DIR",
        "SFN_WAIT_SCALE",
    }
    assert found["PYTHONPATH"]
