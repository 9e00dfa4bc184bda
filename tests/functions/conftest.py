"""Functions are loaded as Lambda loads them: from their zips, with `shared` beside the handler."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.stub import Stubber


@pytest.fixture
def function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Return a loader of a function's handler module."""
    from batchyard.package import build

    before = set(sys.modules)

    def load(name: str) -> ModuleType:
        zipped = tmp_path / f"{name}.zip"
        zipped.write_bytes(build(name).content)
        monkeypatch.syspath_prepend(str(zipped))
        return import_module("handler")

    yield load
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("handler", "limits", "submission", "report", "shared"):
            del sys.modules[name]


@pytest.fixture
def batch(function: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a stub of the Batch client that the functions use; unexpected calls fail."""
    import boto3

    client = boto3.client("batch", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(boto3, "client", lambda service, **_: client)
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()
