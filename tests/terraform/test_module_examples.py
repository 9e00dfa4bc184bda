"""Every module: its README's example and tables, its mocked plans, its validations, its format."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.module_plans import ROOT, Workspace, differences
from tests.terraform.module_readme import declared, example, listed

MODULES = sorted(folder.parent.name for folder in (ROOT / "modules").glob("*/versions.tf"))
# Files of failing cases alone are planned case by case in test_module_refusals.
MOCKED = sorted(
    file.relative_to(ROOT / "modules")
    for file in (ROOT / "modules").glob("*/tests/*.tftest.hcl")
    if not file.name.startswith("validations")
)


@pytest.mark.terraform
@pytest.mark.parametrize("name", MODULES)
def test_example_plans_as_its_readme_says(name: str, modules_workspace: Workspace) -> None:
    _, expected = example(ROOT / "modules" / name / "README.md")
    found = differences(expected, modules_workspace.plan(name))
    hint = f"see what it plans: python -m tests.terraform.module_plans {name}"
    assert not found, "\n".join([*found, hint])


@pytest.mark.terraform
@pytest.mark.parametrize("file", MOCKED, ids=str)
def test_mocked_plans_pass(file: Path, modules_workspace: Workspace) -> None:
    folder = modules_workspace.module(file.parts[0])
    modules_workspace.run("test", f"-filter={Path(*file.parts[1:])}", folder=folder)


@pytest.mark.terraform
def test_terraform_code_is_formatted(modules_workspace: Workspace) -> None:
    folders = ["modules", "terraform"]
    done = modules_workspace.run("fmt", "-check", "-recursive", "-diff", *folders, folder=ROOT, check=False)
    assert done.returncode == 0, f"{done.stdout}\nwrite it anew: terraform fmt -recursive modules terraform"


@pytest.mark.parametrize("kind", ["variable", "output"])
@pytest.mark.parametrize("name", MODULES)
def test_readme_table_names_what_the_module_declares(name: str, kind: str) -> None:
    text = (ROOT / "modules" / name / "README.md").read_text()
    heading = {"variable": "Inputs", "output": "Outputs"}[kind]
    names = [field.name for field in declared(ROOT / "modules" / name, kind)]
    hint = f"write it anew: python -m tests.terraform.module_readme modules/{name}"
    assert sorted(listed(text, heading)) == names, hint


@pytest.mark.parametrize("name", MODULES)
def test_every_variable_and_output_is_described_and_typed(name: str) -> None:
    variables, outputs = (declared(ROOT / "modules" / name, kind) for kind in ("variable", "output"))
    assert [field.name for field in [*variables, *outputs] if not field.description] == []
    assert [field.name for field in variables if re.search(r"\bany\b", field.type)] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_validation_has_a_failing_case(name: str) -> None:
    cases = "".join(file.read_text() for file in (ROOT / "modules" / name / "tests").glob("*.tftest.hcl"))
    lists = re.findall(r"expect_failures\s*=\s*\[([^\]]*)\]", cases)
    failing = [name for names in lists for name in re.findall(r"\bvar\.(\w+)", names)]
    rules = {field.name: field.validations for field in declared(ROOT / "modules" / name, "variable")}
    missing = {
        rule: count - failing.count(rule) for rule, count in rules.items() if failing.count(rule) < count
    }
    assert missing == {}, f"variables with more validations than failing cases: {missing}"


@pytest.mark.parametrize("name", MODULES)
def test_module_has_no_provider_block(name: str) -> None:
    code = "".join(file.read_text() for file in (ROOT / "modules" / name).glob("*.tf"))
    assert not re.search(r"^provider\s", code, re.MULTILINE)


@pytest.mark.parametrize(
    ("expected", "planned", "count"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, 0),
        ({"a": 1}, {"a": 2}, 1),
        ({"a": 1}, {}, 1),
        (
            {"policy": {"Statement": [{"Effect": "Deny"}]}},
            {"policy": '{"Statement": [{"Effect": "Deny", "Sid": "x"}]}'},
            0,
        ),
        ({"policy": {"Statement": [{"Effect": "Deny"}]}}, {"policy": '{"Statement": []}'}, 1),
        ({"gone": None}, {}, 0),
        ({"gone": None}, {"gone": {}}, 1),
        ([{"a": 1}, 2], [{"a": 1, "b": 2}, 3], 1),
    ],
)
def test_expectations_can_fail(expected: Any, planned: Any, count: int) -> None:
    assert len(differences(expected, planned)) == count


@pytest.mark.terraform
def test_terraform_is_new_enough() -> None:
    done = subprocess.run(["terraform", "version"], capture_output=True, text=True, check=True)
    major, minor = (int(part) for part in done.stdout.split()[1].lstrip("v").split(".")[:2])
    assert (major, minor) >= (1, 10), "modules need Terraform 1.10 or later"
