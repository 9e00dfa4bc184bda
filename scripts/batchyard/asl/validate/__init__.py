"""Validation of a definition, as ValidateStateMachineDefinition and CreateStateMachine do it.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
Wording and places are the service's where an answer of it is recorded or quoted in public; the tests name
where. Ours is the wording of: MaxDelaySeconds below IntervalSeconds, a heartbeat as long as the timeout,
an empty ItemBatcher, forbidden characters in a label, `$$` and `$states.errorOutput`, and all warnings.
"""

from __future__ import annotations

from batchyard import strict
from batchyard.asl.model import Machine, read
from batchyard.asl.source import Source
from batchyard.asl.validate import document, graph
from batchyard.asl.validate.diagnostics import Diagnostic, Kind, Report, Severity, Validation, describe
from batchyard.asl.validate.json_errors import unreadable

__all__ = ["Diagnostic", "Kind", "Severity", "Validation", "describe", "diagnose", "validate"]

# `maxResults` of the same page
MAX_RESULTS = 100


def validate(
    definition: Machine | Source | object,
    *,
    express: bool = False,
    max_results: int = MAX_RESULTS,
    severity: Severity = "WARNING",
) -> Validation:
    """Validate a definition; never raises, whatever the definition is.

    Args:
        definition: a machine or source that has been read, a text in JSON, or any JSON value.
        express: whether the machine is of type EXPRESS; a `Machine` knows that itself.
        max_results: most diagnostics to return; 0 stands for 100.
        severity: the least that is returned.
    """
    found = _found(definition, express)
    wanted = [each for each in found if severity == "WARNING" or each.severity == "ERROR"]
    most = max_results or MAX_RESULTS
    failed = any(each.severity == "ERROR" for each in found)
    return Validation("FAIL" if failed else "OK", tuple(wanted[:most]), len(wanted) > most)


def diagnose(machine: Machine) -> tuple[Diagnostic, ...]:
    """Return all that is wrong with a machine, errors first."""
    report = Report(machine)
    if document.check(report):
        graph.check(report)
    return tuple(sorted(report.found, key=lambda each: each.severity))


def _found(definition: object, express: bool) -> tuple[Diagnostic, ...]:
    if isinstance(definition, str):
        if not definition.strip():
            return diagnose(read(None))
        text = definition
        try:
            definition = Source(text, strict.decode(text))
        except strict.JsonError as error:
            return (unreadable(text, error),)
    if isinstance(definition, Source):
        definition = read(definition.value, express=express, source=definition)
    return diagnose(definition if isinstance(definition, Machine) else read(definition, express=express))
