"""Payload templates: fields whose names end in `.$` take what a path or an intrinsic function gives.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html
"""

from __future__ import annotations

from batchyard.asl.data import intrinsics
from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.reading import NOTHING_TO_PATH, call_reader, path_reader
from batchyard.asl.data.reference import Missing, Read
from batchyard.asl.data.text import dump
from batchyard.asl.errors import RUNTIME, StatesError


def compile_template(template: Value) -> Read:
    """Return a function that fills a template."""
    return _compile(template) or (lambda _, __: template)


def _compile(template: Value) -> Read | None:
    """Return a function that fills a template, or None if nothing in it changes."""
    if isinstance(template, list):
        items = [(item, _compile(item)) for item in template]
        if all(read is None for _, read in items):
            return None
        return lambda value, env: [read(value, env) if read else item for item, read in items]
    if not isinstance(template, dict):
        return None
    fields = [_field(key, item) for key, item in template.items()]
    if all(read is None for _, _, read in fields):
        return None
    return lambda value, env: {key: read(value, env) if read else item for key, item, read in fields}


def _field(key: str, item: Value) -> tuple[str, Value, Read | None]:
    if not key.endswith(".$"):
        return key, item, _compile(item)
    if isinstance(item, str) and intrinsics.is_call(item):
        return key[:-2], None, call_reader(item)
    return key[:-2], None, _path(key, item)


def _path(key: str, path: object) -> Read:
    read = path_reader(path)
    own = isinstance(path, str) and (path == "$" or path.startswith(("$.", "$[")))

    def found(value: Value, env: Environment) -> Value:
        if value is None and own:
            raise StatesError(RUNTIME, NOTHING_TO_PATH)
        try:
            return read(value, env)
        except Missing as error:
            raise StatesError(
                RUNTIME,
                f"The JSONPath '{path}' specified for the field '{key}' could not be found in the input "
                f"'{dump(value)}'",
            ) from error

    return found
