"""The shape of findings, and that no document at all makes the linter fall over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.lint.lint_subjects import bundle, machine

from batchyard.__main__ import main
from batchyard.asl import STATE_TYPES, expressions, source
from batchyard.graph import render_graph
from batchyard.lint import Finding, lint_bundle, lint_state_machine, report

expressions.parse("1")  # the parser changes the recursion limit once, which would disturb hypothesis
VOCABULARY = """
Type States StartAt Next End Catch Retry Choices Default Task Parallel Map Choice Wait Pass Branches Iterator
ItemProcessor Resource Arguments Parameters ErrorEquals QueryLanguage JSONata JSONPath Comment Items Seconds
MaxAttempts Output Condition States.ALL A B arn:aws:states:::batch:submitJob.sync ContainerOverrides
Environment Name Value DependsOn ArrayProperties job_definitions functions role statements Action
"""
FIELDS = """
Next Catch Retry Choices Branches ItemProcessor Arguments Parameters Resource Output Seconds
Comment Items End
"""
WORDS = st.sampled_from(VOCABULARY.split())
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.text(max_size=8),
    st.sampled_from(["{% 1 + %}", "{% $x %}", "{% ! %}", "{%", "%}", "$.a", "lint: ignore", "{% /(/ %}"]),
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(WORDS, st.text(max_size=4)), inner, max_size=6)
    ),
    max_leaves=24,
)
STATE = st.fixed_dictionaries(
    {"Type": st.sampled_from(STATE_TYPES)},
    optional=dict.fromkeys(FIELDS.split(), JSON),
)  # fmt: skip
MACHINE = st.fixed_dictionaries(
    {"StartAt": WORDS, "States": st.dictionaries(WORDS, st.one_of(STATE, JSON), max_size=5)},
    optional={"QueryLanguage": JSON, "Comment": JSON, "TimeoutSeconds": JSON},
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(JSON, MACHINE))
def test_any_document_gives_findings_and_a_picture_never_a_traceback(document: Any) -> None:
    found = lint_state_machine(document, source="m")
    assert all(isinstance(each, Finding) for each in found)
    assert render_graph(document, "svg").startswith("<svg")
    assert render_graph(document, "mermaid").startswith("flowchart")


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(bundle())), JSON), MACHINE)
def test_any_bundle_gives_findings_never_a_traceback(broken: dict[str, Any], document: Any) -> None:
    assert isinstance(lint_bundle({**bundle(), **broken}, document), list)


def test_what_only_yaml_can_hold_is_linted_too() -> None:
    document = yaml.safe_load(
        "{StartAt: A, States: &s {A: {Type: Pass, End: yes, 1: x}, 2: {Type: Pass, Result: *s}}}"
    )
    found = [(each.id, each.state) for each in lint_state_machine(document, source="m")]
    assert found == [("BY003", "2"), ("BY004", "2"), ("BY011", "A")]


def test_report_is_json_with_counts() -> None:
    definition = machine()
    del definition["States"]["Report"]["TimeoutSeconds"]
    definition["States"]["Both"]["Next"] = "Nowhere"
    text = json.loads(json.dumps(report(lint_state_machine(definition, source="exome.asl.json"))))
    assert (text["errors"], text["warnings"]) == (4, 1)  # the target, and what it leaves unreachable
    assert text["findings"][-1] == {
        "id": "BY101",
        "level": "warning",
        "path": "exome.asl.json#/States/Report",
        "state": "Report",
        "message": "a task that never answers holds the execution for up to a year",
        "fix": "set TimeoutSeconds a little above the longest good run (JSONPath: or TimeoutSecondsPath)",
    }


def test_a_finding_in_a_text_says_line_and_column() -> None:
    text = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Timeout: 3\n    End: true\n"
    found = lint_state_machine(source.parse(text, "m.yaml"), source="m.yaml")
    assert [each.line().splitlines()[0] for each in found] == [
        "BY011 error m.yaml:5:5 (A): Field 'Timeout' is not supported"
    ]
    assert report(found)["findings"][0]["where"] == "m.yaml:5:5"


def test_a_template_is_refused_with_the_command_that_lints_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state-machine.asl.yaml.j2"
    path.write_text("StartAt: {{ first }}")
    assert main(["lint", str(path)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"error: {path}: a template, which is no definition yet",
        "  batchyard lint --env <name> renders the workflows of an environment and lints them",
    ]


def test_the_command_names_file_line_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.asl.json"
    path.write_text('{"StartAt": "A",\n "States": {\n  "A": {"Type": "Pass"}}}')
    assert main(["lint", str(path)]) == 1
    assert f"BY004 error {path}:3:3 (A): " in capsys.readouterr().out
    path.write_text('{"StartAt": "A",\n "StartAt": "B"}')
    assert main(["lint", str(path)]) == 1
    assert f"{path}:2:2: key StartAt is given twice" in capsys.readouterr().err


def test_errors_come_before_warnings() -> None:
    definition = machine()
    del definition["States"]["Align"]["TimeoutSeconds"]
    definition["States"]["Report"]["Type"] = "Tusk"
    levels = [each.level for each in lint_state_machine(definition, source="m")]
    assert levels == sorted(levels)
    assert set(levels) == {"error", "warning"}
