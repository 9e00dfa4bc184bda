"""Shape, fields and transitions: what the service says of each, and where."""

# ruff: noqa: E501 - one line per case reads better
from __future__ import annotations

from typing import Any

import pytest
from tests.unit.asl.validate.definitions import DOCS, call, choice, mapped, of, passes, task, told

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"
FLOCI = "https://github.com/floci-io/floci"  # its issues quote the service's answers
CFN_LINT = "https://github.com/aws-cloudformation/cfn-lint/issues"  # so do these
SUCCEED: dict[str, Any] = {"Type": "Succeed"}
WAIT = {"Type": "Wait", "End": True}
PARALLEL = {"Type": "Parallel", "End": True}


def _machine(**fields: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": SUCCEED}, **fields}


def _branch(states: dict[str, Any], start: str = "X") -> dict[str, Any]:
    return of({**PARALLEL, "Branches": [{"StartAt": start, "States": states}]})


CASES: list[tuple[str, object, tuple[str, str, str | None]]] = [
    (f"{DOCS}/statemachine-structure.html", _machine(StartsAt="A"), (SCHEMA, "Field 'StartsAt' is not supported", "/")),
    (f"{DOCS}/statemachine-structure.html", _machine(Version="2.0"), (SCHEMA, "Value should be one of the following: [1.0]", "/Version")),
    (f"{DOCS}/statemachine-structure.html", _machine(TimeoutSeconds="1"), (SCHEMA, "Expected value of type Integer", "/TimeoutSeconds")),
    (f"{DOCS}/statemachine-structure.html", _machine(TimeoutSeconds=-1), (SCHEMA, "Minimum value is 0", "/TimeoutSeconds")),
    (f"{DOCS}/statemachine-structure.html", {"StartAt": "A", "States": {}}, (SCHEMA, "Value cannot be empty", "/States")),
    (f"{DOCS}/statemachine-structure.html", {"StartAt": "A", "States": []}, (SCHEMA, "Expected value of type Object", "/States")),
    (f"{DOCS}/statemachine-structure.html", {"StartAt": 1, "States": {"A": SUCCEED}}, (SCHEMA, "Expected value of type String", "/StartAt")),
    (f"{DOCS}/statemachine-structure.html", of({}), (SCHEMA, "These fields are required: [Type]", "/States/A")),
    (f"{DOCS}/statemachine-structure.html", of({"Type": "Tusk"}), (SCHEMA, "Value should be one of the following: [Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait]", "/States/A/Type")),
    (f"{DOCS}/service-quotas.html", {"StartAt": "x" * 81, "States": {"x" * 81: SUCCEED}}, ("INVALID_STATE_NAME", f"State name '{'x' * 81}' exceeds the 80-character limit allowed by the service", f"/States/{'x' * 81}")),
    (f"{FLOCI}/issues/2735", of(mapped(TimeoutSeconds=5)), (SCHEMA, "Field 'TimeoutSeconds' is not supported", "/States/A")),
    (f"{FLOCI}/issues/2735", of(passes(Catch=[])), (SCHEMA, "Field 'Catch' is not supported", "/States/A")),
    (f"{FLOCI}/issues/2735", of({**WAIT, "Seconds": 1, "Retry": []}), (SCHEMA, "Field 'Retry' is not supported", "/States/A")),
    (f"{DOCS}/state-choice.html", of(choice({"Variable": "$.a", "IsNull": True, "Next": "B"}, End=True)), (SCHEMA, "Field 'End' is not supported", "/States/A")),
    (f"{DOCS}/state-succeed.html", of({"Type": "Succeed", "End": True}), (SCHEMA, "Field 'End' is not supported", "/States/A")),
    (f"{DOCS}/state-task.html", of({"Type": "Task", "End": True}), (SCHEMA, "These fields are required: [Resource]", "/States/A")),
    (f"{DOCS}/state-parallel.html", of(PARALLEL), (SCHEMA, "These fields are required: [Branches]", "/States/A")),
    (f"{DOCS}/state-parallel.html", of({**PARALLEL, "Branches": []}), (SCHEMA, "Value cannot be empty", "/States/A/Branches")),
    (f"{DOCS}/state-parallel.html", of({**PARALLEL, "Branches": [1]}), (SCHEMA, "Expected value of type Object", "/States/A/Branches[0]")),
    (f"{DOCS}/state-map.html", of({"Type": "Map", "End": True}), (SCHEMA, "This object should have only one of the following fields: [ItemProcessor, Iterator]", "/States/A")),
    (f"{DOCS}/statemachine-structure.html", of({"Type": "Pass"}), (SCHEMA, "This object should have only one of the following fields: [Next, End]", "/States/A")),
    (f"{DOCS}/statemachine-structure.html", of(passes(Next="B")), (SCHEMA, "There should only be one of the following fields: [Next, End]", "/States/A")),
    (f"{DOCS}/statemachine-structure.html", of({"Type": "Pass", "End": "true"}), (SCHEMA, "Expected value of type Boolean", "/States/A/End")),
    (f"{DOCS}/state-wait.html", of(WAIT), (SCHEMA, "This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]", "/States/A")),
    (f"{DOCS}/state-wait.html", of({**WAIT, "Seconds": 1, "SecondsPath": "$.a"}), (SCHEMA, "There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]", "/States/A")),
    (f"{DOCS}/state-fail.html", of({"Type": "Fail", "Error": "E", "ErrorPath": "$.e"}), (SCHEMA, "There should only be one of the following fields: [Error, ErrorPath]", "/States/A")),
    (f"{DOCS}/state-task.html", of(task(TimeoutSeconds=1, TimeoutSecondsPath="$.t")), (SCHEMA, "There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath]", "/States/A")),
    (f"{CFN_LINT}/4074", of(passes(), StartAt="Not sure"), (TARGET, "Missing 'Next' target: Not sure", "/StartAt")),
    (f"{CFN_LINT}/4073", {"StartAt": "A", "States": {"A": SUCCEED, "Alone": SUCCEED}}, (TARGET, 'State "Alone" is not reachable.', "/States/Alone")),
    (f"{FLOCI}/pull/2786", of({"Type": "Pass", "Next": "NOPE"}), (TARGET, "Missing 'Next' target: NOPE", "/States/A/Next")),
    (f"{FLOCI}/pull/2786", of({"Type": "Pass", "Next": "NOPE"}), ("MISSING_END_STATE", "Workflow has no terminal state", None)),
    (f"{FLOCI}/pull/2786", of(choice({"Variable": "$.a", "IsNull": True, "Next": "NOPE"})), (TARGET, "Missing 'Next' target: NOPE", "/States/A/Choices[0]/Next")),
    (f"{FLOCI}/pull/2786", of(choice({"Variable": "$.a", "IsNull": True, "Next": "B"}, Default="NOPE")), (TARGET, "Missing 'Next' target: NOPE", "/States/A/Default")),
    (f"{FLOCI}/pull/2786", of(task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "NOPE"}])), (TARGET, "Missing 'Next' target: NOPE", "/States/A/Catch[0]/Next")),
    (f"{DOCS}/state-parallel.html", _branch({"X": {"Type": "Pass", "Next": "A"}, "Y": SUCCEED}), (TARGET, "Missing 'Next' target: A", "/States/A/Branches[0]/States/X/Next")),
    (f"{CFN_LINT}/4311", _branch({"X": SUCCEED}, "FAIL"), (TARGET, "Missing 'Next' target: FAIL", "/States/A/Branches[0]/StartAt")),
    (f"{DOCS}/statemachine-structure.html", _branch({"X": SUCCEED, "A": SUCCEED}), ("DUPLICATE_STATE_NAME", "Duplicate State name: A", "/States/A/Branches[0]/States/A")),
    (f"{FLOCI}/issues/2968", of(passes(Output={})), (SCHEMA, "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage", "/States/A")),
    (f"{DOCS}/transforming-data.html", of(passes(InputPath="$"), language="JSONata"), (SCHEMA, "The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage", "/States/A")),
    (f"{FLOCI}/issues/2968", of(passes(QueryLanguage="JSONPath"), language="JSONata"), (SCHEMA, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", "/States/A")),
    (f"{DOCS}/transforming-data.html", of(passes(QueryLanguage="SQL")), (SCHEMA, "Value should be one of the following: [JSONPath, JSONata]", "/States/A/QueryLanguage")),
    (f"{DOCS}/transforming-data.html", _machine(QueryLanguage="SQL"), (SCHEMA, "Value should be one of the following: [JSONPath, JSONata]", "/QueryLanguage")),
    (f"{FLOCI}/issues/2968", of({**mapped(), "ItemProcessor": {"QueryLanguage": "JSONata", "StartAt": "I", "States": {"I": SUCCEED}}}), (SCHEMA, "Field 'QueryLanguage' is not supported", "/States/A/ItemProcessor")),
]  # fmt: skip


@pytest.mark.parametrize(("source", "definition", "expected"), CASES, ids=[f"{at}-{case[2][1][:40]}" for at, case in enumerate(CASES)])  # fmt: skip
def test_what_is_wrong_is_told_with_code_words_and_place(
    source: str, definition: object, expected: tuple[str, str, str | None]
) -> None:
    assert expected in told(definition), source


VALID: list[object] = [
    _machine(Version="1.0", TimeoutSeconds=0, Comment="c", QueryLanguage="JSONPath"),
    of({**PARALLEL, "Branches": [{"StartAt": "X", "Comment": "c", "States": {"X": SUCCEED}}]}),
    of({"Type": "Map", "Iterator": {"StartAt": "X", "States": {"X": SUCCEED}}, "End": True}),
    of({**WAIT, "Seconds": 0}),
    of({**WAIT, "Timestamp": "2030-01-01T00:00:00.5+02:00"}),
    of({"Type": "Fail"}),
    of({"Type": "Pass", "Next": "B", "End": False, "Assign": {"x.$": "$.a", "Über": 1}}),
    of(passes(QueryLanguage="JSONata", Output="{% $states.input %}")),
    {"StartAt": "x" * 80, "States": {"x" * 80: SUCCEED}},
    of(call("batch:submitJob.sync", Parameters={"JobName": "j", "JobQueue.$": "$.q", "JobDefinition": "d"})),
]  # fmt: skip


@pytest.mark.parametrize("definition", VALID)
def test_what_the_language_has_is_accepted(definition: object) -> None:
    assert told(definition) == []


# Measured: https://github.com/floci-io/floci/pull/2786
def test_a_machine_without_an_end_has_no_unreachable_states() -> None:
    states = {"A": {"Type": "Pass", "Next": "A"}, "Alone": {"Type": "Pass", "Next": "A"}}
    assert [code for code, _, _ in told({"StartAt": "A", "States": states})] == ["MISSING_END_STATE"]


# Measured: https://github.com/floci-io/floci/issues/2968
def test_states_in_a_map_have_the_language_of_the_machine_not_of_the_map() -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Output": 1, "End": True}}}
    state = {"Type": "Map", "QueryLanguage": "JSONata", "ItemProcessor": inner, "End": True}
    ((_, message, place),) = told(of(state))
    assert message.startswith("The QueryLanguage is set to 'JSONPath', but field 'Output'")
    assert place == "/States/A/ItemProcessor/States/I"


def test_states_that_are_nested_too_deeply_are_told() -> None:
    deep: dict[str, Any] = passes()
    for number in range(25):
        deep = {
            "Type": "Map",
            "ItemProcessor": {"StartAt": f"S{number}", "States": {f"S{number}": deep}},
            "End": True,
        }
    assert "TOO_DEEPLY_NESTED" in [code for code, _, _ in told(of(deep))]
