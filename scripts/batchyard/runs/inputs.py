"""The input of a run: read, parsed strictly, checked against the workflow's schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from batchyard.errors import BatchyardError, UsageError
from batchyard.paths import project_root, workflow_dir

_MOST_SHOWN = 10


def named(source: str) -> str:
    """Return what messages call a source: its path, or standard input for `-`."""
    return "standard input" if source == "-" else source


def read(source: str) -> dict[str, Any]:
    """Return the JSON object in a file, or on standard input for `-`.

    Raises:
        UsageError: there is no such file.
        BatchyardError: it is not a JSON object.
    """
    where = named(source)
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"can not be read: {why}", where=where) from error
    try:
        document = json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        raise BatchyardError(f"the input is not JSON: {error}", where=where) from error
    if not isinstance(document, dict):
        raise BatchyardError(
            "the input is not a JSON object", where=where, fix="write {...} with the fields of a run"
        )
    return document


def check(document: Mapping[str, Any], schema: Mapping[str, Any], *, source: str, folder: str) -> None:
    """Check an input against a JSON Schema.

    Args:
        document: the input.
        schema: the workflow's input schema; an empty one allows everything.
        source: what to name in the message.
        folder: the workflow's folder, whose schema file the message names.

    Raises:
        BatchyardError: it breaks the schema; every error is listed with its path.
    """
    from jsonschema.exceptions import relevance
    from jsonschema.validators import validator_for

    validator = validator_for(schema)(schema)
    errors = sorted(validator.iter_errors(document), key=relevance)
    if not errors:
        return
    lines = sorted({f"{error.json_path}: {error.message}" for error in errors})
    more = [f"and {len(lines) - _MOST_SHOWN} more"] if len(lines) > _MOST_SHOWN else []
    raise BatchyardError(
        "the input does not fit the workflow\n  " + "\n  ".join(lines[:_MOST_SHOWN] + more),
        where=source,
        fix=f"the schema is {_schema_file(folder)}",
    )


def _schema_file(folder: str) -> str:
    """Return a workflow's schema file, relative to the project."""
    from batchyard.manifest import load_workflow

    try:
        name = load_workflow(folder).input_schema
    except BatchyardError:  # a bundle that is rendered can be used without its sources
        name = "input.schema.json"
    return str((workflow_dir(folder) / name).relative_to(project_root()))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
