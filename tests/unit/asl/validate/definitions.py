"""Definitions to break: a state in a machine that is right otherwise."""

from __future__ import annotations

from typing import Any

from batchyard.asl.validate import Validation, validate

State = dict[str, Any]
DOCS = "https://docs.aws.amazon.com/step-functions/latest/dg"
LAMBDA = "arn:aws:states:::lambda:invoke"


def of(state: State, *, language: str = "JSONPath", **more: Any) -> dict[str, Any]:
    """Return a machine that begins with a state A, which may go on to B."""
    following = {"B": {"Type": "Succeed"}} if '"B"' in repr(state).replace("'", '"') else {}
    head = {} if language == "JSONPath" else {"QueryLanguage": language}
    return {**head, "StartAt": "A", "States": {"A": state, **following}, **more}


def passes(**fields: Any) -> State:
    return {"Type": "Pass", "End": True, **fields}


def task(resource: str = LAMBDA, **fields: Any) -> State:
    own = {} if "Parameters" in fields or "Arguments" in fields else {"Parameters": {"FunctionName": "f"}}
    return {"Type": "Task", "Resource": resource, "End": True, **own, **fields}


def call(resource: str, **fields: Any) -> State:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True, **fields}


def mapped(mode: dict[str, Any] | None = None, **fields: Any) -> State:
    processor: State = {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}
    if mode is not None:
        processor["ProcessorConfig"] = mode
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}


def distributed(**fields: Any) -> State:
    return mapped({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **fields)


def choice(*rules: Any, **fields: Any) -> State:
    return {"Type": "Choice", "Choices": list(rules), "Default": "B", **fields}


def told(definition: object, **options: Any) -> list[tuple[str, str, str | None]]:
    found: Validation = validate(definition, **options)
    return [(each.code, each.message, each.location) for each in found.diagnostics]
