"""Conformance cases: what AWS does with a state machine, written down as data.

A file of cases/ is a category: a list of cases, each with

- `id` and `source`, the URL of what it holds us to; `aws:`, `api:`, `spec:` and `rec:` stand for the PLACES
  below;
- what runs: `definition`, or `states` (the first is StartAt; `top` holds further fields of the machine), or
  one `state`, S; `language: JSONata` for all of it; or one expression in a Pass: `intrinsic`, `jsonata`; or
  one `choice` rule, which gives true or false;
- `input` (or `text`, JSON as it is sent, or a name of mock.SIZES), `kind: EXPRESS`;
- `tasks`: answers by state, in order of attempts, the last one again for all further ones: `{ok: value}`,
  `{error: name, cause: text, phase: run}`, `never`, each with `after` (seconds), `started` (worker),
  `submitted`, `beats` (seconds). What a Distributed Map reads is answered under its name, what it writes
  under `NAME/write`;
- `stop: {after: seconds, error, cause}`, and `redrive: true` for once it is over;
- `gives: output`, `fails: error` for short; or `want`: status, output, error, cause, cause_like, seconds,
  types, events (how many), history (lines of `id previous Type {some details}`), calls (by state, the
  arguments in order), starts (seconds at which tasks were started), cancelled (states).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .mock import SIZES

FOLDER = Path(__file__).parent / "cases"
PLACES = {
    "aws": "https://docs.aws.amazon.com/step-functions/latest/dg/{}.html",
    "api": "https://docs.aws.amazon.com/step-functions/latest/apireference/API_{}.html",
    "spec": "https://states-language.net/spec.html#{}",
    # Recorded executions of the service.
    "rec": "https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/{}.snapshot.json",
}


@dataclass(frozen=True)
class Case:
    """One case; `body` is as in the file."""

    category: str
    id: str
    source: str
    body: dict[str, Any]

    @property
    def definition(self) -> str:
        """Return the text of its definition."""
        machine = self.body.get("definition") or _machine(self.body)
        return machine if isinstance(machine, str) else json.dumps(machine)

    @property
    def input(self) -> str:
        """Return the text of its input."""
        if "text" in self.body:
            text = str(self.body["text"])
            return json.dumps(SIZES[text]) if text in SIZES else text
        return json.dumps(self.body.get("input", {}))

    @property
    def want(self) -> dict[str, Any]:
        """Return all that is expected of it."""
        body = self.body
        want = dict(body.get("want", {}))
        if "fails" in body:
            return {"status": "FAILED", "error": body["fails"], **want}
        if "gives" in body:
            short = "intrinsic" in body or "jsonata" in body
            want["output"] = {"out": body["gives"]} if short else body["gives"]
        return {"status": "SUCCEEDED", **want}


def _machine(body: dict[str, Any]) -> dict[str, Any]:
    states = body.get("states") or _states(body)
    machine = {"StartAt": next(iter(states)), "States": states, **body.get("top", {})}
    if body.get("language") or "jsonata" in body:
        machine["QueryLanguage"] = body.get("language", "JSONata")
    return machine


def _states(body: dict[str, Any]) -> dict[str, Any]:
    if "intrinsic" in body:
        state = {"Type": "Pass", "Parameters": {"out.$": body["intrinsic"]}}
    elif "jsonata" in body:
        state = {"Type": "Pass", "Output": {"out": "{% " + body["jsonata"] + " %}"}}
    elif "choice" in body:
        return _choice(body["choice"])
    else:
        state = body["state"]
    ends = state["Type"] in ("Succeed", "Fail", "Choice") or "Next" in state
    return {"S": state if ends else {**state, "End": True}}


def _choice(rule: dict[str, Any]) -> dict[str, Any]:
    outcome = {"Type": "Pass", "End": True}
    return {
        "S": {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
        "Yes": {**outcome, "Result": True},
        "No": {**outcome, "Result": False},
    }


def url(source: str) -> str:
    """Return the address that a source stands for."""
    place, _, rest = source.partition(":")
    return PLACES[place].format(rest) if place in PLACES else source


@cache
def categories() -> dict[str, tuple[Case, ...]]:
    """Return all cases by category."""
    return {path.stem: tuple(_read(path)) for path in sorted(FOLDER.glob("*.yaml"))}


def _read(path: Path) -> Iterator[Case]:
    # The C loader, where there is one: 300 cases are some thousand lines.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for body in yaml.load(path.read_text(encoding="utf-8"), Loader=loader):
        yield Case(path.stem, body["id"], url(body["source"]), body)
