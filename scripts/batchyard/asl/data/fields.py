"""Whole fields: Credentials, ItemReader, ItemBatcher, ResultWriter.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.reading import value_reader
from batchyard.asl.data.reference import Read
from batchyard.asl.data.templates import compile_template

# The members whose names end in Path say where a number is; all else is a payload template.
_PATHS = ("MaxItemsPath", "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath")


def compile_field(body: Value) -> Read:
    """Return a function that evaluates a field; `MaxItemsPath` comes back as `MaxItems`."""
    if not isinstance(body, dict):
        return compile_template(body)
    members: list[tuple[str, Read]] = []
    for key, item in body.items():
        if key in _PATHS:
            members.append((key.removesuffix("Path"), value_reader(item)))
        elif key == "ReaderConfig":
            members.append((key, compile_field(item)))
        elif key.endswith(".$"):
            members.append((key[:-2], _single(key, item)))
        else:
            members.append((key, compile_template(item)))
    return lambda value, env: {key: read(value, env) for key, read in members}


def _single(key: str, item: Value) -> Read:
    fill = compile_template({key: item})

    def read(value: Value, env: Environment) -> Value:
        return fill(value, env)[key[:-2]]

    return read
