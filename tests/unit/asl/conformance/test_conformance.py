"""Each case's execution has the status, output, error and history that AWS gives it."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from batchyard.asl.engine import Execution, virtual
from batchyard.asl.engine.tasks import ReadItems, TaskCall, WriteResults

from .case import Case, categories, url
from .mock import Driver
from .model import strays

CASES = [case for cases in categories().values() for case in cases]
JSON_TEXT = ("input", "output", "parameters", "assignedVariables")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.category}-{case.id}")
def test_conformance(case: Case) -> None:
    execution, driver = run(case)
    found = _found(execution, driver, case.want)
    expected = _expected(case.want)
    # Of the longest history, some are enough.
    told = "\n".join([*_differences(found, expected), *strays(execution.history[:200])])
    if told:
        pytest.fail(f"{case.source}\n{told}", pytrace=False)


def test_case_ids_are_unique_and_every_source_is_an_address() -> None:
    names = [(case.category, case.id) for case in CASES]
    assert len(set(names)) == len(names)
    assert all(case.source.startswith("https://") for case in CASES)
    assert (
        url("aws:redrive-executions")
        == "https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html"
    )


def run(case: Case) -> tuple[Execution, Driver]:
    """Run a case to its end."""
    body = case.body
    spec = virtual.spec(case.definition, case.input, kind=body.get("kind", "STANDARD"))
    spec = replace(spec, **body.get("context", {}))
    driver = Driver(body.get("tasks"))
    execution = driver.start(spec)
    if stop := body.get("stop"):
        driver.run(until=driver.clock.now() + stop["after"])
        driver.engine.stop(spec.arn, stop.get("error"), stop.get("cause"))
    driver.run()
    if body.get("redrive"):
        execution = driver.again(spec)
        driver.engine.redrive(execution)
        driver.run()
    return execution, driver


def _found(execution: Execution, driver: Driver, want: dict[str, Any]) -> dict[str, Any]:
    """Return what the execution did, as far as the case asks for it."""
    first = execution.history[0].at
    told: dict[str, Any] = {
        "status": execution.status,
        "error": execution.error,
        "cause": execution.cause,
        "output": _canonical(json.loads(execution.output)) if execution.output is not None else None,
        "seconds": round(execution.history[-1].at - first, 3),
        "types": [event.type for event in execution.history],
        "events": len(execution.history),
        "starts": [round(at - first, 3) for at in driver.runner.started_at],
        "cancelled": driver.runner.cancelled,
    }
    if "cause_like" in want:
        told["cause_like"] = bool(re.search(want["cause_like"], execution.cause or "")) or execution.cause
    if "history" in want:
        told["history"] = _seen(execution, _lines(want["history"]))
    if "calls" in want:
        told["calls"] = {
            state: [_sent(each) for each in driver.runner.calls[state]] for state in want["calls"]
        }
    return {key: told[key] for key in want}


def _expected(want: dict[str, Any]) -> dict[str, Any]:
    expected = dict(want)
    if "history" in want:
        expected["history"] = _lines(want["history"])
    if "cause_like" in want:
        expected["cause_like"] = True
    if "output" in want and want["status"] == "SUCCEEDED":  # null is an output, too
        expected["output"] = _canonical(want["output"])
    return expected


def _differences(found: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    for key, wanted in expected.items():
        if key in ("history", "types"):
            pairs = itertools.zip_longest(found[key], wanted, fillvalue="nothing")
            yield from (f"{key}: {here}, AWS {there}" for here, there in pairs if here != there)
        elif found[key] != wanted:
            yield f"{key}: {found[key]!r}, AWS {wanted!r}"


def _sent(effect: Any) -> Any:
    if isinstance(effect, TaskCall):
        return effect.arguments
    return dict(effect.reader) if isinstance(effect, ReadItems) else _written(effect)


def _written(effect: WriteResults) -> Any:
    return [
        json.loads(result["Output"]) if "Output" in result else result["Error"] for result in effect.results
    ]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _lines(text: str) -> list[tuple[int, int, str, dict[str, Any]]]:
    found = []
    for line in text.strip().splitlines():
        number, previous, kind, *details = line.split(maxsplit=3)
        found.append((int(number), int(previous), kind, json.loads(details[0]) if details else {}))
    return found


def _seen(
    execution: Execution, wanted: list[tuple[int, int, str, dict[str, Any]]]
) -> list[tuple[int, int, str, dict[str, Any]]]:
    """Return the history, each event with those details that the case names for it."""
    asked = {number: details for number, _, _, details in wanted}
    seen = []
    for event in execution.history:
        details = event.details or {}
        shown = {key: _detail(key, details.get(key), value) for key, value in asked.get(event.id, {}).items()}
        seen.append((event.id, event.previous, event.type, shown))
    return seen


def _detail(key: str, found: Any, wanted: Any) -> Any:
    # Data stand in events as JSON text; a case may write them as JSON.
    if key in JSON_TEXT and isinstance(found, str) and not isinstance(wanted, str):
        return json.loads(found)
    return found
