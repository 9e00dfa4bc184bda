"""Every rule of every module is broken by a case, and what is said then is the rule's own sentence."""

from __future__ import annotations

import re

import pytest

from tests.terraform.module_plans import ROOT, Workspace
from tests.terraform.refusals import cases, rules, said

MODULES = sorted(folder.parent.name for folder in (ROOT / "modules").glob("*/versions.tf"))


def spoken(message: str, text: str) -> bool:
    """Say whether a text holds a message, whatever stands in the places that Terraform fills in."""
    return re.search(".+".join(map(re.escape, re.split(r"\$\{[^}]*\}", message))), text) is not None


@pytest.mark.terraform
@pytest.mark.parametrize("module", MODULES)
def test_each_case_breaks_a_rule_of_its_variable_and_each_rule_has_a_case(
    module: str, modules_workspace: Workspace
) -> None:
    heard = said(modules_workspace, module)
    sentences = list(rules(ROOT / "modules" / module))
    wrong = {
        name: heard.get(name, [])
        for name, (_, expected) in cases(module).items()
        if not any(
            spoken(message, text)
            for text in heard.get(name, [])
            for variable, message in sentences
            if variable in expected
        )
    }
    assert wrong == {}, "cases that are not refused, or for another reason"
    everything = "\n".join(text for texts in heard.values() for text in texts)
    assert [message for _, message in sentences if not spoken(message, everything)] == []


@pytest.mark.parametrize(
    ("message", "text", "found"),
    [
        ("a is b", "a is b", True),
        ("known are ${join}.", "known are x, y.", True),
        ("a is b", "a is c", False),
    ],
)
def test_a_sentence_is_recognised(message: str, text: str, found: bool) -> None:
    assert spoken(message, text) is found
