"""The linter of state machines and bundles. Rules are listed in docs/lint.md."""

from __future__ import annotations

from typing import Any

from batchyard import asl
from batchyard.lint import (  # noqa: F401 - they register
    arguments,
    data,
    errors,
    fields,
    fitting,
    jobs,
    limits,
    order,
    references,
    roles,
    shapes,
    structure,
    tasks,
    validation,
)
from batchyard.lint.findings import Finding, report
from batchyard.lint.registry import RULES, Rule, Subject
from batchyard.lint.suppress import Suppressions

__all__ = ["RULES", "Finding", "Rule", "lint_bundle", "lint_state_machine", "report"]


def lint_state_machine(definition: object, *, source: str, machine_type: str = "STANDARD") -> list[Finding]:
    """Return what is wrong with a state machine; never raises, whatever the document is.

    Args:
        definition: the parsed ASL document, or a `Source`, whose findings have their line and column.
        source: the file it came from, for the findings' places.
        machine_type: STANDARD or EXPRESS.
    """
    text = definition if isinstance(definition, asl.Source) else None
    value = text.value if text else definition
    machine = asl.read(value, express=machine_type == "EXPRESS", source=text)
    return _run(Subject(machine, machine.document), source)


def lint_bundle(bundle: dict[str, Any], definition: object, *, source: str = "") -> list[Finding]:
    """Return what is wrong with a bundle: its state machine, its job definitions and its functions.

    Args:
        bundle: the parsed bundle file.
        definition: the parsed ASL document that it names.
        source: prefix of the findings' places; the workflow's name if empty.
    """
    package = asl.as_dict(asl.plain(bundle))
    kind = asl.as_dict(package.get("state_machine")).get("type")
    machine = asl.read(definition, express=kind == "EXPRESS")
    name = source or str(package.get("workflow", ""))
    return _run(Subject(machine, machine.document, package), name)


def _run(subject: Subject, source: str) -> list[Finding]:
    suppressions, text = Suppressions.of(subject.machine), subject.machine.source
    found = {
        Finding(
            rule.id,
            rule.level,
            f"{source}#{hit.path}",
            hit.state,
            hit.message,
            hit.fix or rule.fix,
            text.where(hit.path) if text else "",
        )
        for rule in RULES.values()
        for hit in rule.check(subject)
        if not suppressions.covers(rule.id, hit.path)
    }
    return sorted(found, key=lambda each: (each.level, each.id, each.path, each.message))
