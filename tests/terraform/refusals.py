"""What modules say to the failing cases of their mocked tests, one case at a time.

Terraform's `expect_failures` takes any refusal of a variable for the one that is meant, and keeps its words
to itself.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import hcl2

from tests.terraform.module_plans import ROOT, Workspace

_RUN = re.compile(r'^(?=run ")', re.MULTILINE)
_EXPECTED = re.compile(r"^\s*expect_failures\s*=\s*\[(?P<names>[^\]]*)\]\n", re.MULTILINE)


def rules(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the message of each validation of a folder's variables."""
    for file in sorted(folder.glob("*.tf")):
        with file.open() as source:
            blocks = hcl2.load(source).get("variable", [])
        for block in blocks:
            for name, body in block.items():
                found = body.get("validation", []) if isinstance(body, dict) else []
                yield from ((name.strip('"'), _plain(rule["error_message"])) for rule in found)


def _plain(text: str) -> str:
    return text.strip('"').replace('\\"', '"')


def cases(module: str) -> dict[str, tuple[str, list[str]]]:
    """Return the failing cases of a module's tests, by name: a test file, and the variables it expects."""
    found: dict[str, tuple[str, list[str]]] = {}
    for file in sorted((ROOT / "modules" / module / "tests").glob("*.tftest.hcl")):
        head, *runs = _RUN.split(file.read_text())
        for run in runs:
            if expected := _EXPECTED.search(run):
                name = run.split('"')[1]
                assert name not in found, f"two cases of {module} are called {name}"
                found[name] = (head + _EXPECTED.sub("", run), re.findall(r"var\.(\w+)", expected["names"]))
    return found


def said(space: Workspace, module: str) -> dict[str, list[str]]:
    """Return what a module says to each of its failing cases, by the case's name."""
    folder = space.without_tests(module)
    for name, (text, _) in cases(module).items():
        (folder / "tests" / f"{name}.tftest.hcl").write_text(text)
    lines = space.run("test", "-json", folder=folder, check=False).stdout.splitlines()
    heard: dict[str, list[str]] = defaultdict(list)
    for line in map(json.loads, lines):
        if line["type"] == "diagnostic" and line["diagnostic"]["severity"] == "error":
            file = Path(line["@testfile"]).name.removesuffix(".tftest.hcl")
            heard[file].append(line["diagnostic"]["detail"])
    return heard
