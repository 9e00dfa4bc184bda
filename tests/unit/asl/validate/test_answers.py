"""The whole answer, as ValidateStateMachineDefinition gives it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.asl.validate.definitions import call, of, passes, told

from batchyard import asl
from batchyard.asl.validate import Diagnostic, describe, validate

ROOT = Path(__file__).resolve().parents[4]
GOLDEN = sorted((ROOT / "tests/unit/golden").glob("*.asl.json"))
LOOP = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_projects_own_machines_are_valid(path: Path) -> None:
    assert validate(path.read_text()).to_json() == {"result": "OK", "diagnostics": [], "truncated": False}


# Recorded from the service: tests/aws/services/stepfunctions/v2/test_sfn_api_validation.snapshot.json of
# https://github.com/localstack/localstack
@pytest.mark.parametrize(
    ("text", "diagnostic"),
    [
        ("", {"code": "SCHEMA_VALIDATION_FAILED", "message": "Definition must be a valid JSON object"}),
        (
            "not a definition",
            {
                "code": "INVALID_JSON_DESCRIPTION",
                "location": '[Source: (String)"not a definition"; line: 1, column: 4]',
                "message": "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object "
                "or token 'null', 'true' or 'false')\n"
                ' at [Source: (String)"not a definition"; line: 1, column: 4]',
            },
        ),
        (
            "{}",
            {
                "code": "SCHEMA_VALIDATION_FAILED",
                "location": "/",
                "message": "These fields are required: [States, StartAt]",
            },
        ),
        (
            '{"States": {"A": {"Type": "Pass", "End": true}}}',
            {
                "code": "SCHEMA_VALIDATION_FAILED",
                "location": "/",
                "message": "These fields are required: [StartAt]",
            },
        ),
    ],
)
def test_what_is_no_definition_is_answered_as_recorded(text: str, diagnostic: dict[str, str]) -> None:
    expected = {"result": "FAIL", "diagnostics": [{"severity": "ERROR", **diagnostic}], "truncated": False}
    assert validate(text).to_json() == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"StartAt": "A", "StartAt": "B"}', "Duplicate field 'StartAt'"),
        ('{"StartAt": NaN}', "NaN is no JSON value"),
        ('{"StartAt": 1e999}', "1e999 is no JSON value"),
        ('{"StartAt":', "Unexpected end-of-input"),
        ('{"StartAt": }', "Unexpected character ('}' (code 125))"),
        ("[" * 100_000, "nested too deeply"),
    ],
    ids=range(6),
)
def test_text_that_is_no_strict_json_is_refused(text: str, message: str) -> None:
    ((code, found, place),) = told(text)
    assert code == "INVALID_JSON_DESCRIPTION"
    assert found.startswith(message)
    assert place is not None
    assert place.startswith("[Source: (String)")


@pytest.mark.parametrize("value", [None, [], 7, "x", True])
def test_json_that_is_no_object_is_no_definition(value: Any) -> None:
    expected = [("SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object", None)]
    assert told(json.dumps(value)) == expected


# https://github.com/localstack/localstack/issues/11978 quotes the service's message.
def test_errors_are_listed_as_invalid_definition_lists_them() -> None:
    definition = {
        "StartAt": "pass1",
        "States": {"pass1": {"Type": "Pass", "Next": "pass3"}, "pass2": {"Type": "Pass", "End": True}},
    }
    assert describe(validate(definition).errors) == (
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3 at /States/pass1/Next, "
        'MISSING_TRANSITION_TARGET: State "pass2" is not reachable. at /States/pass2'
    )
    # https://github.com/floci-io/floci/issues/2735
    assert describe(validate(LOOP).errors) == "MISSING_END_STATE: Workflow has no terminal state at null"


def test_warnings_are_no_errors() -> None:
    found = validate(of(passes(Parameters={"a": "$.a"})))
    assert found.result == "OK"
    assert [each.code for each in found.diagnostics] == ["NO_DOLLAR"]
    assert describe(found.diagnostics) == ""


def test_errors_come_first_and_severity_selects() -> None:
    definition = of(passes(Parameters={"a": "$.a", "b.$": "b"}))
    assert [each.severity for each in validate(definition).diagnostics] == ["ERROR", "WARNING"]
    assert [each.severity for each in validate(definition, severity="ERROR").diagnostics] == ["ERROR"]


# https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
@pytest.mark.parametrize(("most", "count", "truncated"), [(0, 100, True), (7, 7, True), (100, 100, True)])
def test_no_more_than_max_results_are_told(most: int, count: int, truncated: bool) -> None:
    definition = of(passes(**{f"Field{number}": 1 for number in range(150)}))
    found = validate(definition, max_results=most)
    assert (len(found.diagnostics), found.truncated) == (count, truncated)
    assert not validate(of(passes(Unknown=1)), max_results=1).truncated


def test_a_machine_knows_its_type_and_its_places() -> None:
    text = json.dumps(of(call("sqs:sendMessage.waitForTaskToken")), indent=1)
    machine = asl.parse(text, express=True)
    (found,) = validate(machine).diagnostics
    assert found == Diagnostic(
        "ERROR",
        "SCHEMA_VALIDATION_FAILED",
        "Express state machine does not support '.waitForTaskToken' service integration ",
        "/States/A/Resource",
    )
    assert machine.source is not None
    assert text.splitlines()[machine.source.position(found.path).line - 1].strip().startswith('"Resource"')
