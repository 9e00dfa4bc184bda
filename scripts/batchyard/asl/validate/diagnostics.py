"""What validation has to say, in the shape of the service's answer.

Codes: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from batchyard.asl.model import Machine
from batchyard.asl.walk import Json

Severity = Literal["ERROR", "WARNING"]
# What a diagnostic is about, finer than the service's codes: the linter's rules are made of these.
Kind = Literal[
    "container",
    "default",
    "delimiter",
    "depth",
    "duplicate",
    "end",
    "error-all",
    "error-names",
    "exclusive",
    "express",
    "field",
    "json",
    "jsonata",
    "label",
    "language",
    "name",
    "path",
    "query-language",
    "required",
    "resource",
    "retry",
    "seconds",
    "shape",
    "static",
    "target",
    "template",
    "terminal",
    "two-ends",
    "type-name",
    "unreachable",
    "value",
    "variable",
]
SCHEMA = "SCHEMA_VALIDATION_FAILED"


@dataclass(frozen=True)
class Diagnostic:
    """One problem.

    Args:
        severity: ERROR keeps a state machine from being created, WARNING does not.
        code: the service's.
        message: in the service's wording where that is known.
        location: as the service writes it, `/States/A/Retry[0]`; None where it gives none.
        path: JSON pointer of what it is about, which may be further in than `location`.
        kind: what it is about, finer than `code`.
    """

    severity: Severity
    code: str
    message: str
    location: str | None = None
    path: str = field(default="", compare=False)
    kind: Kind = field(default="shape", compare=False)

    def to_json(self) -> Json:
        """Return it as ValidateStateMachineDefinition answers it."""
        found = {"severity": self.severity, "code": self.code, "message": self.message}
        return found if self.location is None else {**found, "location": self.location}


@dataclass(frozen=True)
class Validation:
    """The answer of ValidateStateMachineDefinition."""

    result: Literal["OK", "FAIL"]
    diagnostics: tuple[Diagnostic, ...]
    truncated: bool = False

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(each for each in self.diagnostics if each.severity == "ERROR")

    def to_json(self) -> Json:
        """Return it as ValidateStateMachineDefinition answers it."""
        listed = [each.to_json() for each in self.diagnostics]
        return {"result": self.result, "diagnostics": listed, "truncated": self.truncated}


class Report:
    """Takes what the checks find.

    Args:
        machine: what is checked.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._found: dict[Diagnostic, None] = {}

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        return tuple(self._found)

    def error(
        self, kind: Kind, message: str, path: str, *, at: str | None = None, code: str = SCHEMA
    ) -> None:
        """Note an error.

        Args:
            kind: what it is about.
            message: in the service's wording.
            path: JSON pointer of what it is about.
            at: JSON pointer of what the service names instead, if that is further out.
            code: the service's.
        """
        self._add("ERROR", code, message, path, kind, at)

    def warning(self, kind: Kind, code: str, message: str, path: str) -> None:
        """Note a warning."""
        self._add("WARNING", code, message, path, kind, None)

    def nowhere(self, kind: Kind, code: str, message: str) -> None:
        """Note an error that the service gives no location for."""
        self._found.setdefault(Diagnostic("ERROR", code, message, None, "", kind))

    def _add(
        self, severity: Severity, code: str, message: str, path: str, kind: Kind, at: str | None
    ) -> None:
        place = location(self.machine.document, path if at is None else at)
        self._found.setdefault(Diagnostic(severity, code, message, place, path, kind))


def location(document: object, path: str) -> str:
    """Return a JSON pointer as the service writes places: `/States/A/Choices[0]/Next`, `/` for the whole."""
    written, value = "", document
    for part in path.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and key.isdecimal():
            written += f"[{key}]"
            value = value[int(key)] if int(key) < len(value) else None
        else:
            written += f"/{key}"
            value = value.get(key) if isinstance(value, dict) else None
    return written or "/"


def describe(diagnostics: Iterable[Diagnostic]) -> str:
    """Return errors as InvalidDefinition lists them between its quotes: `CODE: message at location, ...`."""
    errors = (each for each in diagnostics if each.severity == "ERROR")
    return ", ".join(f"{each.code}: {each.message} at {each.location or 'null'}" for each in errors)


def listed(names: Iterable[Any]) -> str:
    """Return names as the service's messages list them: `[A, B]`."""
    return f"[{', '.join(str(name) for name in names)}]"
