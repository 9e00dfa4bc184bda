"""docs/lint.md lists every rule as it is, with an example that breaks it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from batchyard.lint import RULES, lint_bundle, lint_state_machine

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "lint.md").read_text()
SECTIONS = {
    found["id"]: found
    for found in re.finditer(
        r"^### (?P<id>BY\d{3}) \((?P<level>\w+)\): (?P<summary>.+)\n(?P<body>(?:(?!^##).*\n?)*)",
        PAGE,
        re.MULTILINE,
    )
}
EXAMPLES = {
    rule: json.loads(example[1])
    for rule, section in SECTIONS.items()
    if (example := re.search(r"```json\n(.*?)```", section["body"], re.DOTALL))
}
# Their examples would have to be longer than anybody reads; they are told in words.
TOLD = {"BY009", "BY201", "BY205", "BY206", "BY208", "BY209", "BY210", "BY405"}


def test_every_rule_is_listed_as_it_is() -> None:
    listed = {rule: (section["level"], section["summary"]) for rule, section in SECTIONS.items()}
    assert listed == {rule.id: (rule.level, rule.summary) for rule in RULES.values()}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_its_fix_and_an_example(rule: str) -> None:
    body = SECTIONS[rule]["body"]
    assert f"Fix: {RULES[rule].fix}." in body
    assert (rule in EXAMPLES) != (rule in TOLD)
    assert rule not in TOLD or "Example: " in body


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_every_example_breaks_its_rule(rule: str) -> None:
    assert rule in {finding.id for finding in _lint(EXAMPLES[rule])}


def _lint(example: dict[str, Any]) -> list[Any]:
    if "StartAt" in example:
        return lint_state_machine(example, source="example")
    return lint_bundle(example, example.get("definition", {}))
