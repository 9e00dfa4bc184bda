"""What fields hold: numbers, errors, rules, paths, templates, expressions, resources, distributed maps."""

# ruff: noqa: E501 - one line per case reads better
from __future__ import annotations

from typing import Any

import pytest
from tests.unit.asl.validate.definitions import (
    DOCS,
    LAMBDA,
    State,
    call,
    choice,
    distributed,
    mapped,
    of,
    passes,
    task,
    told,
)

SCHEMA = "SCHEMA_VALIDATION_FAILED"
PREFLIGHT = "https://github.com/badmintoncryer/cdk-preflight"  # its rules quote them, too
FLOCI = "https://github.com/floci-io/floci"  # its issues quote the service's answers
PATHS = f"{DOCS}/amazon-states-language-paths.html"
ERRORS = f"{DOCS}/concepts-error-handling.html"
CHOICE = f"{DOCS}/state-choice.html"
OPTIMIZED = f"{DOCS}/integrate-optimized.html"
READER = f"{DOCS}/input-output-itemreader.html"
VARIABLES = f"{DOCS}/workflow-variables.html"
NO_REFERENCE = "Value is not a Reference Path"
FUNCTION = "must be a valid JSONPath or a valid intrinsic function call"
ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:a"
Case = tuple[str, State, str, str]


def _wait(**fields: Any) -> State:
    return {"Type": "Wait", "End": True, **fields}


def _retry(**fields: Any) -> State:
    return task(Retry=[{"ErrorEquals": ["E"], **fields}])


def _rule(**fields: Any) -> State:
    return choice({"Variable": "$.a", "Next": "B", **fields})


def _read(**fields: Any) -> State:
    return distributed(ItemReader={"Resource": "arn:aws:states:::s3:getObject", **fields})


NUMBERS: list[Case] = [
    ("https://github.com/aws-cloudformation/cfn-lint/issues/4075", _wait(Seconds=10**16), "Maximum value is 99999999", "/Seconds"),
    ("https://github.com/serverless-operations/serverless-step-functions/issues/188", _wait(Seconds="5"), "Expected value of type Integer", "/Seconds"),
    (f"{DOCS}/state-wait.html", _wait(Seconds=-1), "Minimum value is 0", "/Seconds"),
    (f"{DOCS}/state-wait.html", _wait(Seconds=True), "Expected value of type Integer", "/Seconds"),
    (PREFLIGHT, _wait(Timestamp="2030-01-01 00:00:00"), "String does not match RFC3339 timestamp", "/Timestamp"),
    (PREFLIGHT, _wait(Timestamp="2030-02-30T00:00:00Z"), "String does not match RFC3339 timestamp", "/Timestamp"),
    (f"{DOCS}/state-task.html", task(TimeoutSeconds=0), "Minimum value is 1", "/TimeoutSeconds"),
    (f"{DOCS}/state-task.html", task(HeartbeatSeconds=10**8), "Maximum value is 99999999", "/HeartbeatSeconds"),
    (f"{DOCS}/state-task.html", task(TimeoutSeconds=5, HeartbeatSeconds=5), "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'", "/HeartbeatSeconds"),
    (ERRORS, _retry(MaxAttempts=-1), "Minimum value is 0", "/Retry[0]/MaxAttempts"),
    (ERRORS, _retry(MaxAttempts=10**8), "Maximum value is 99999999", "/Retry[0]/MaxAttempts"),
    (ERRORS, _retry(BackoffRate=0.9), "Minimum value is 1.0", "/Retry[0]/BackoffRate"),
    (ERRORS, _retry(MaxDelaySeconds=31_622_401), "Maximum value is 31622400", "/Retry[0]/MaxDelaySeconds"),
    (ERRORS, _retry(MaxDelaySeconds=2, IntervalSeconds=2), "'MaxDelaySeconds' must be greater than 'IntervalSeconds'", "/Retry[0]/MaxDelaySeconds"),
    (ERRORS, _retry(JitterStrategy="HALF"), "Value should be one of the following: [NONE, FULL]", "/Retry[0]/JitterStrategy"),
    (f"{FLOCI}/issues/3733", mapped(MaxConcurrency=-1), "Minimum value is 0", "/MaxConcurrency"),
    (f"{FLOCI}/issues/3733", distributed(ToleratedFailurePercentage=101), "Maximum value is 100.0", "/ToleratedFailurePercentage"),
    (f"{FLOCI}/issues/3733", _read(ReaderConfig={"MaxItems": 10**8 + 1}), "Maximum value is 100000000", "/ItemReader/ReaderConfig/MaxItems"),
]  # fmt: skip
RETRIERS: list[Case] = [
    (ERRORS, task(Retry={}), "Expected value of type Array", "/Retry"),
    (ERRORS, task(Retry=[{}]), "These fields are required: [ErrorEquals]", "/Retry[0]"),
    (ERRORS, task(Retry=[{"ErrorEquals": []}]), "Value cannot be empty", "/Retry[0]/ErrorEquals"),
    (ERRORS, task(Retry=[{"ErrorEquals": [1]}]), "Expected value of type String", "/Retry[0]/ErrorEquals[0]"),
    (ERRORS, _retry(Attempts=1), "Field 'Attempts' is not supported", "/Retry[0]"),
    (ERRORS, task(Catch=[{"ErrorEquals": ["E"]}]), "These fields are required: [Next]", "/Catch[0]"),
    ("https://github.com/aws/aws-cdk/issues/10530", task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}, {"ErrorEquals": ["E"], "Next": "B"}]), "States.ALL must appear alone and at end of list", "/Catch[0]/ErrorEquals[0]"),
    (ERRORS, task(Retry=[{"ErrorEquals": ["E", "States.ALL"]}]), "States.ALL must appear alone and at end of list", "/Retry[0]/ErrorEquals[1]"),
    (PATHS, task(Catch=[{"ErrorEquals": ["E"], "Next": "B", "ResultPath": "$$.a"}]), NO_REFERENCE, "/Catch[0]/ResultPath"),
]  # fmt: skip
RULES: list[Case] = [
    (PREFLIGHT, choice(), "Value cannot be empty", "/Choices"),
    ("https://github.com/aws-cloudformation/cfn-lint/issues/4077", choice({"Variable": "$", "StringMatches": "x"}), "These fields are required: [Next]", "/Choices[0]"),
    (PREFLIGHT, choice({"Next": "B"}), "The object must have only one of the following fields, [And, Or, Not, Variable, Condition]", "/Choices[0]"),
    (PREFLIGHT, _rule(Not={"Variable": "$.a", "IsNull": True}, IsNull=True), "The object must have only one of the following fields, [And, Or, Not, Variable, Condition]", "/Choices[0]"),
    (PREFLIGHT, choice({"And": [{"Variable": "$.a", "IsNull": True, "Next": "B"}], "Next": "B"}), "Field 'Next' is not supported", "/Choices[0]/And[0]"),
    (PREFLIGHT, choice({"Not": {"Variable": "$.a", "IsNull": True, "Next": "B"}, "Next": "B"}), "Field 'Next' is not supported", "/Choices[0]/Not"),
    (PREFLIGHT, _rule(StringEquals="a", Variable="a"), f"{NO_REFERENCE}: Reference path didn't start with '$'", "/Choices[0]/Variable"),
    (CHOICE, choice({"Or": {}, "Next": "B"}), "Expected value of type Array", "/Choices[0]/Or"),
    (CHOICE, choice({"Or": [], "Next": "B"}), "Value cannot be empty", "/Choices[0]/Or"),
    (CHOICE, _rule(StringEqual="a"), "Field 'StringEqual' is not supported", "/Choices[0]"),
    (CHOICE, _rule(NumericLessThan="1"), "Expected value of type Double", "/Choices[0]/NumericLessThan"),
    (CHOICE, _rule(BooleanEquals="true"), "Expected value of type Boolean", "/Choices[0]/BooleanEquals"),
    (CHOICE, _rule(TimestampEquals="today"), "String does not match RFC3339 timestamp", "/Choices[0]/TimestampEquals"),
    (CHOICE, _rule(StringEqualsPath="$.a[*]"), NO_REFERENCE, "/Choices[0]/StringEqualsPath"),
    (CHOICE, _rule(Condition="{% true %}", IsNull=True), "The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the 'JSONata' QueryLanguage", "/Choices[0]"),
]  # fmt: skip
PATHS_AND_TEMPLATES: list[Case] = [
    ("https://github.com/aws-cloudformation/cfn-lint/issues/4078", passes(OutputPath="Test"), "Value must be a valid JSONPath.", "/OutputPath"),
    (PATHS, passes(InputPath="$["), "Value must be a valid JSONPath.", "/InputPath"),
    (PATHS, passes(ResultPath="$.a[*]"), NO_REFERENCE, "/ResultPath"),
    (VARIABLES, passes(ResultPath="$variable"), NO_REFERENCE, "/ResultPath"),
    (PATHS, mapped(ItemsPath="a"), f"{NO_REFERENCE}: Reference path didn't start with '$'", "/ItemsPath"),
    (f"{FLOCI}/issues/3733", distributed(ItemBatcher={"MaxItemsPerBatchPath": "$$.Execution.Input.n"}), NO_REFERENCE, "/ItemBatcher/MaxItemsPerBatchPath"),
    ("https://github.com/serverless-operations/serverless-step-functions/issues/399", passes(Parameters={"outputPath.$": "States.format('{}', $.a)"}), f"The value for the field 'outputPath.$' {FUNCTION}", "/Parameters"),
    (f"{DOCS}/intrinsic-functions.html", passes(Parameters={"a": [{"b.$": "States.UUID($.a)"}]}), f"The value for the field 'b.$' {FUNCTION}", "/Parameters/a[0]"),
    ("https://github.com/aws-cloudformation/cfn-lint/issues/4085", passes(Assign={"Variable.$": "Test"}), f"The value for the field 'Variable.$' {FUNCTION}", "/Assign"),
    (PATHS, task(ResultSelector=[]), "Expected value of type Object", "/ResultSelector"),
    (f"{DOCS}/state-fail.html", {"Type": "Fail", "CausePath": "States.No()"}, f"{NO_REFERENCE}: Reference path didn't start with '$'", "/CausePath"),
]  # fmt: skip
TASKS: list[Case] = [
    ("https://github.com/aws/aws-sam-cli-app-templates/issues/185", call("x", Resource="report"), "Value is not a valid resource ARN", "/Resource"),
    (OPTIMIZED, call("batch:submitJob.waitForTaskToken"), "The resource provided arn:aws:states:::batch:submitJob.waitForTaskToken is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.", "/Resource"),
    (OPTIMIZED, task("arn:aws:states:::lambda:invoke.sync"), "The resource provided arn:aws:states:::lambda:invoke.sync is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.", "/Resource"),
    (OPTIMIZED, call("glue:startJobRun.sync:2"), "The resource provided arn:aws:states:::glue:startJobRun.sync:2 is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.", "/Resource"),
    (OPTIMIZED, call("aws-sdk:s3:getObject.sync"), "The resource provided arn:aws:states:::aws-sdk:s3:getObject.sync is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.", "/Resource"),
    (PREFLIGHT, task(Credentials={}), "The field 'RoleArn' is required but was missing", "/Credentials"),
    (PREFLIGHT, task(ACTIVITY, Credentials={"RoleArn": "r"}), "The field 'Credentials' is not supported for activities", "/Credentials"),
]  # fmt: skip
MAPS: list[Case] = [
    (PREFLIGHT, mapped({"Mode": "DISTRIBUTED"}), "These fields are required: [ExecutionType]", "/ItemProcessor/ProcessorConfig"),
    (PREFLIGHT, mapped({"Mode": "DISTRIBUTED", "ExecutionType": "FAST"}), "Value should be one of the following: [STANDARD, EXPRESS]", "/ItemProcessor/ProcessorConfig/ExecutionType"),
    (PREFLIGHT, mapped({"Mode": "INLINE", "ExecutionType": "EXPRESS"}), "Field 'ExecutionType' is not supported", "/ItemProcessor/ProcessorConfig"),
    (f"{DOCS}/state-map-distributed.html", mapped({"Mode": "WIDE"}), "Value should be one of the following: [INLINE, DISTRIBUTED]", "/ItemProcessor/ProcessorConfig/Mode"),
    (f"{DOCS}/state-map-distributed.html", mapped(ItemReader={}), "Field 'ItemReader' is not supported", ""),
    (READER, distributed(ItemReader={"Resource": "arn:aws:states:::s3:headObject"}), "The field 'Resource' does not match any of the allowed values", "/ItemReader/Resource"),
    (PREFLIGHT, _read(ReaderConfig={"InputType": "CSV"}), "The field 'CSVHeaderLocation' is required", "/ItemReader/ReaderConfig"),
    (PREFLIGHT, _read(ReaderConfig={"InputType": "JSON", "CSVHeaderLocation": "GIVEN", "CSVHeaders": []}), "Field 'CSVHeaderLocation' is not supported", "/ItemReader/ReaderConfig"),
    (PREFLIGHT, _read(ReaderConfig={"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}), "These fields are required: [CSVHeaders]", "/ItemReader/ReaderConfig"),
    (f"{FLOCI}/issues/3733", _read(ReaderConfig={"MaxItems": 1, "MaxItemsPath": "$.n"}), "There should only be one of the following fields: [MaxItems, MaxItemsPath]", "/ItemReader/ReaderConfig"),
    (f"{DOCS}/input-output-itembatcher.html", distributed(ItemBatcher={}), "At least one of these fields is required: [MaxItemsPerBatch, MaxItemsPerBatchPath, MaxInputBytesPerBatch, MaxInputBytesPerBatchPath]", "/ItemBatcher"),
    (f"{DOCS}/input-output-resultwriter.html", distributed(ResultWriter={}), "These fields are required: [Resource]", "/ResultWriter"),
    (f"{DOCS}/input-output-resultwriter.html", distributed(ResultWriter={"WriterConfig": {"OutputType": "CSV"}}), "Value should be one of the following: [JSON, JSONL]", "/ResultWriter/WriterConfig/OutputType"),
]  # fmt: skip
WRONG = [*NUMBERS, *RETRIERS, *RULES, *PATHS_AND_TEMPLATES, *TASKS, *MAPS]


@pytest.mark.parametrize(("source", "state", "message", "place"), WRONG, ids=[f"{at}{case[3]}" for at, case in enumerate(WRONG)])  # fmt: skip
def test_what_a_field_may_not_hold_is_told_with_its_place(
    source: str, state: State, message: str, place: str
) -> None:
    assert (SCHEMA, message, f"/States/A{place}") in told(of(state)), source


EXPRESS: list[tuple[State, str, str]] = [
    (call("batch:submitJob.sync"), "Express state machine does not support '.sync' service integration ", "/Resource"),
    (task(ACTIVITY), "Express state machine does not support Activity ARN", "/Resource"),
    (distributed(), "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines", "/ItemProcessor/ProcessorConfig/Mode"),
]  # fmt: skip


# https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
@pytest.mark.parametrize(("state", "message", "place"), EXPRESS)
def test_what_express_machines_do_not_have_is_told(state: State, message: str, place: str) -> None:
    assert told(of(state), express=True) == [(SCHEMA, message, f"/States/A{place}")]
    assert told(of(state)) == []


CODED: list[tuple[str, dict[str, Any], tuple[str, str, str]]] = [
    (PREFLIGHT, of(passes(Assign={"states": 1})), ("RESERVED_VARIABLE_NAME", "Cannot assign to reserved variable '$states'.", "/States/A/Assign/states")),
    (PREFLIGHT, of(passes(Assign={"a-b.$": "$.a"})), ("INVALID_VARIABLE_NAME", "Invalid variable name 'a-b': the variable name contains invalid characters.", "/States/A/Assign/a-b.$")),
    (VARIABLES, of(passes(Assign={"x" * 81: 1})), ("INVALID_VARIABLE_NAME", f"Invalid variable name '{'x' * 81}': the variable name exceeds 80 characters.", f"/States/A/Assign/{'x' * 81}")),
    (PREFLIGHT, of(distributed(Label="x" * 41)), ("INVALID_LABEL_NAME", f"Label '{'x' * 41}' exceeds the 40-character limit allowed by the service", "/States/A/Label")),
    (f"{DOCS}/state-map-distributed.html", of(distributed(Label="a b")), ("INVALID_LABEL_NAME", "Label 'a b' contains characters that are not allowed", "/States/A/Label")),
    (PREFLIGHT, {"StartAt": "A", "States": {"A": {**distributed(Label="l"), "Next": "C", "End": False}, "C": distributed(Label="l")}}, ("DUPLICATE_LABEL_NAME", "Duplicate Label name: l", "/States/C/Label")),
    (f"{FLOCI}/issues/2670", of(passes(Output={"v": "{% phone %}"}), language="JSONata"), ("UNSUPPORTED_JSONATA_EXPRESSION", "Reference to 'phone' at the top level is not supported.", "/States/A/Output/v")),
    (f"{FLOCI}/issues/2745", of(passes(Output={"v": "{% $x[1,2) %}"}), language="JSONata"), ("INVALID_JSONATA_EXPRESSION", 'Expected "]", got ","', "/States/A/Output/v")),
    (f"{FLOCI}/issues/2745", of(passes(Output="{% 1 + %}"), language="JSONata"), ("INVALID_JSONATA_EXPRESSION", "Unexpected end of expression", "/States/A/Output")),
    (f"{FLOCI}/issues/2745", of(passes(Output='{% {"a":} %}'), language="JSONata"), ("INVALID_JSONATA_EXPRESSION", 'The symbol "}" cannot be used as a unary operator', "/States/A/Output")),
    (f"{FLOCI}/issues/2745", of(passes(Output="{% $$ %}"), language="JSONata"), ("UNSUPPORTED_JSONATA_EXPRESSION", "Reference to '$$' is not supported.", "/States/A/Output")),
    (f"{FLOCI}/issues/2745", of(passes(Output="{% $states.errorOutput.Error %}"), language="JSONata"), ("UNSUPPORTED_JSONATA_EXPRESSION", "Reference to '$states.errorOutput' is not supported.", "/States/A/Output")),
    (PREFLIGHT, of(passes(Output="{% 1"), language="JSONata"), (SCHEMA, "JSONata string must start with {% and end with %}", "/States/A/Output")),
    (CHOICE, of(choice({"Condition": "true", "Next": "B"}), language="JSONata"), (SCHEMA, "JSONata string must start with {% and end with %}", "/States/A/Choices[0]/Condition")),
]  # fmt: skip


@pytest.mark.parametrize(("source", "definition", "expected"), CODED, ids=[f"{at}-{case[2][0]}" for at, case in enumerate(CODED)])  # fmt: skip
def test_variables_labels_and_expressions_have_codes_of_their_own(
    source: str, definition: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert expected in told(definition), source


# https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
@pytest.mark.parametrize(
    ("state", "code", "place"),
    [
        (passes(Parameters={"a": "$.a"}), "NO_DOLLAR", "/States/A/Parameters/a"),
        (passes(Parameters={"a": "States.UUID()"}), "NO_DOLLAR", "/States/A/Parameters/a"),
        ({"Type": "Fail", "Cause": "$.cause"}, "NO_PATH", "/States/A/Cause"),
        (passes(Result={"a": "$.a"}), "PASS_RESULT_IS_STATIC", "/States/A/Result/a"),
        (passes(Result={"a.$": "x"}), "PASS_RESULT_IS_STATIC", "/States/A/Result/a.$"),
    ],
)
def test_texts_that_look_like_paths_are_warned_of(state: State, code: str, place: str) -> None:
    assert [(found, where) for found, _, where in told(of(state))] == [(code, place)]


RIGHT: list[dict[str, Any]] = [
    of(_wait(Seconds=99_999_999)),
    of(_wait(SecondsPath="$$.Execution.Input.n")),
    of(_wait(Seconds="{% $n %}"), language="JSONata"),
    of(_wait(Timestamp="{% $when %}"), language="JSONata"),
    of(_retry(IntervalSeconds=0, MaxAttempts=0, BackoffRate=1, MaxDelaySeconds=1, JitterStrategy="FULL")),
    of(task(Catch=[{"ErrorEquals": ["E"], "Next": "B", "ResultPath": None, "Assign": {"e.$": "$.Cause"}},
                   {"ErrorEquals": ["States.ALL"], "Next": "B"}])),
    of(task(Arguments={"FunctionName": "f"}, Catch=[{"ErrorEquals": ["E"], "Next": "B", "Output": "{% $states.errorOutput %}"}]), language="JSONata"),
    of(choice({"Variable": "$v", "NumericEqualsPath": "$$.a", "Next": "B", "Assign": {"x": 1}}, Assign={"y": 2})),
    of(choice({"Not": {"And": [{"Variable": "$.a[0]['b c']", "StringMatches": "*"}]}, "Next": "B"})),
    of(choice({"Condition": "{% $states.input.a[b = 1].c %}", "Output": 1, "Next": "B"}), language="JSONata"),
    of(choice({"Condition": True, "Next": "B"}), language="JSONata"),
    of(passes(InputPath="$..a[?(@.b > 1)]", OutputPath=None, ResultPath="$.a['b'][0]")),
    of(passes(Parameters={"a.$": "States.Format('{} {}', $.a, States.UUID())", "b.$": "$$", "c.$": "$v.x"})),
    of(passes(Parameters=[{"a.$": "$"}])),
    of({"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.JsonToString($)"}),
    of(task("arn:aws:lambda:us-east-1:000000000000:function:f:live")),
    of(task(ACTIVITY, HeartbeatSeconds=5, TimeoutSeconds=6)),
    of(task(Credentials={"RoleArn.$": "$.role"})),
    of(task(Arguments="{% $all %}"), language="JSONata"),
    of(call("states:startExecution.sync:2", Parameters={"StateMachineArn": "a"})),
    of(call("aws-sdk:dynamodb:query.waitForTaskToken")),
    of(distributed(ItemReader={"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket.$": "$.b"}},
                   ItemBatcher={"MaxItemsPerBatch": 5, "BatchInput": {"x.$": "$.y"}}, Label="l",
                   ResultWriter={"WriterConfig": {"Transformation": "NONE", "OutputType": "JSONL"}},
                   ToleratedFailurePercentagePath="$.p", ToleratedFailureCount=3)),
    of(mapped({"Mode": "INLINE"}, ItemSelector={"i.$": "$$.Map.Item.Index"}, MaxConcurrencyPath="$.n")),
    of(mapped(Items="{% $items %}"), language="JSONata"),
    of(passes(Output="{% $map($states.input, function($v) { $v.a })[b = 1] %}"), language="JSONata"),
]  # fmt: skip


@pytest.mark.parametrize("definition", RIGHT, ids=range(len(RIGHT)))
def test_what_fields_may_hold_is_accepted(definition: dict[str, Any]) -> None:
    assert told(definition) == []


def test_every_optimized_integration_is_known_with_its_patterns() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html"""
    waits = {"batch:submitJob": ".sync", "sqs:sendMessage": ".waitForTaskToken", "ecs:runTask": ".sync"}
    for service in ("dynamodb:getItem", "sns:publish", "events:putEvents", *waits):
        assert told(of(call(service))) == []
    for service, pattern in waits.items():
        assert told(of(call(service + pattern))) == []
    assert LAMBDA.endswith("lambda:invoke")
