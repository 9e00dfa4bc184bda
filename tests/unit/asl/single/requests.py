"""Requests of TestState, and states to test."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batchyard.asl import single

PLACE = single.Place("111111111111", "us-east-1", 1_700_000_000.0)
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::events:putEvents",
    "Parameters": {"Entries.$": "$.entries"},
    "ResultSelector": {"sent.$": "$.Entries"},
    "ResultPath": "$.result",
    "OutputPath": "$.result",
    "Retry": [{"ErrorEquals": ["A"], "IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 4}],
    "Next": "After",
}
JSONATA = {
    "Type": "Task",
    "QueryLanguage": "JSONata",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": "f", "Payload": "{% $states.input.x %}"},
    "Catch": [
        {"ErrorEquals": ["A"], "Next": "First"},
        {"ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput %}", "Next": "Second"},
    ],
    "Assign": {"kept": "{% $states.result.Payload %}"},
    "Output": {"y": "{% $states.result.Payload + $n %}"},
    "End": True,
}
MAP = {
    "Type": "Map",
    "ItemsPath": "$.values",
    "ItemSelector": {"value.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index"},
    "MaxConcurrency": 3,
    "ToleratedFailureCount": 1,
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "In",
        "States": {"In": {"Type": "Pass", "End": True}},
    },
    "End": True,
}
PARALLEL = {
    "Type": "Parallel",
    "Branches": [
        {"StartAt": name, "States": {name: {"Type": "Pass", "End": True}}} for name in ("Left", "Right")
    ],
    "End": True,
}


def answer_of(definition: Any, document: Any = None, level: str = "DEBUG", **more: Any) -> dict[str, Any]:
    request = {"definition": json.dumps(definition), "inspectionLevel": level, **more}
    if document is not None:
        request["input"] = json.dumps(document)
    answer = single.test(request, PLACE)
    for holder in (answer, answer.get("inspectionData", {})):
        for name, value in holder.items():
            if name not in ("status", "error", "cause", "nextState") and isinstance(value, str):
                holder[name] = json.loads(value)
    return answer


def refusal(definition: Any, **more: Any) -> tuple[str, str]:
    with pytest.raises(single.Refused) as caught:
        answer_of(definition, **more)
    return caught.value.code, caught.value.message


def result(value: Any, **more: str) -> dict[str, Any]:
    return {"result": json.dumps(value), **more}


def error(name: str, cause: str = "why") -> dict[str, Any]:
    return {"errorOutput": {"error": name, "cause": cause}}


TOKEN = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"MessageBody.$": "$$.Task.Token"},
    "End": True,
}
