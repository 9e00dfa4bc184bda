"""Rules on what a machine and its bundle say of each other: BY408 to BY410."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from batchyard import asl
from batchyard.lint.jobs import containers
from batchyard.lint.registry import Hit, Subject, rule

_REF = re.compile(r"Ref::([A-Za-z0-9_-]+)")
_OWN = re.compile(r":(?P<kind>job-definition/|function:)(?P<name>[A-Za-z0-9_-]+)")
_NAME = re.compile(r"[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?")


def _mentions(state: asl.State) -> set[str]:
    """Return the job definitions and functions that a state names, by ARN or plainly."""
    texts = (value for _, value in asl.own_values(state) if isinstance(value, str))
    arguments = asl.as_dict(state.arguments)
    plain = (arguments.get(key) for key in ("JobDefinition", "FunctionName"))
    named = {text.partition(":")[0] for text in plain if isinstance(text, str) and _NAME.fullmatch(text)}
    return named | {found["name"] for text in texts for found in _OWN.finditer(text)}


@rule(
    "BY408",
    "error",
    "a job definition or function of this workflow that the bundle lacks",
    fix="add it to the manifest",
)
def unknown_reference(subject: Subject) -> Iterator[Hit]:
    own = f"{subject.bundle.get('name')}-"
    known = {str(item.get("name")) for item in (*subject.jobs.values(), *subject.functions.values())}
    for state in subject.machine.states if subject.bundle.get("name") else ():
        for name in sorted(_mentions(state) - known):
            if name.startswith(own):
                yield Hit(state.path, state.name, f"the bundle has no {name}")


@rule("BY409", "warning", "a job that no state submits", fix="submit it, or take it out of the manifest")
def unused_job(subject: Subject) -> Iterator[Hit]:
    used = {name for state in subject.machine.states for name in _mentions(state)}
    for key, job in subject.jobs.items():
        if job.get("name") not in used:
            yield Hit(asl.pointer("", "job_definitions", key), "", "no state names this job definition")


@rule(
    "BY410",
    "warning",
    "a Ref:: in a command that gets no value",
    fix="pass the parameter in every submit, or give it a default under parameters in the manifest",
)
def unfilled_reference(subject: Subject) -> Iterator[Hit]:
    for key, job in subject.jobs.items():
        refs = {name for _, container in containers(job) for name in _refs(container)}
        open_refs = refs - asl.as_dict(job.get("parameters")).keys()
        for state in subject.machine.states if open_refs else ():
            if job.get("name") in _mentions(state):
                passed = _passed(state)
                for name in sorted(open_refs - passed) if passed is not None else ():
                    message = f"job {key}: its command gets the text Ref::{name} itself"
                    yield Hit(state.path, state.name, message)


def _refs(container: dict[str, Any]) -> Iterator[str]:
    for key in ("command", "args"):  # of ECS, and of Kubernetes with it
        for word in asl.as_list(container.get(key)):
            yield from _REF.findall(word) if isinstance(word, str) else ()


def _passed(state: asl.State) -> set[str] | None:
    """Return the parameters that a state passes to Batch or to a submitting function; None if computed."""
    passed: set[str] = set()
    for path, value in asl.walk(state.arguments):
        key = path.rsplit("/", 1)[-1].removesuffix(".$").lower()
        if key == "parameters":
            if not isinstance(value, dict):
                return None
            passed |= {name.removesuffix(".$") for name in value}
    return passed
