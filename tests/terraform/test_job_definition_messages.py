"""What the job-definition module says when it refuses: the field, the rule, why, and what to set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import hcl2
import pytest

from tests.terraform.module_plans import ROOT

FILES = [
    *(ROOT / "modules" / "job-definition").glob("variables*.tf"),
    ROOT / "terraform" / "variables_jobs.tf",
]


def messages(file: Path) -> Iterator[tuple[str, str]]:
    with file.open() as source:
        blocks = hcl2.load(source).get("variable", [])
    for block in blocks:
        for name, body in block.items():
            rules = body.get("validation", []) if isinstance(body, dict) else []
            yield from ((name.strip('"'), rule["error_message"].strip('"')) for rule in rules)


@pytest.mark.parametrize(("name", "message"), [pair for file in sorted(FILES) for pair in messages(file)])
def test_a_refusal_names_field_rule_reason_and_fix(name: str, message: str) -> None:
    assert name in message
    assert re.search(
        r"\b(because|which)\b.+: (set|pass|add|remove|use|mount|say|join|shorten|fill)\b", message
    ), message
    assert message.endswith(".")
