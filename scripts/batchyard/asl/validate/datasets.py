"""ItemReader, ItemBatcher and ResultWriter of a Distributed Map.

Sources: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html,
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html and
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

import re

from batchyard.asl.states import State
from batchyard.asl.validate import fields, paths, values
from batchyard.asl.validate.diagnostics import Report
from batchyard.asl.walk import Json, as_dict, pointer

MAX_ITEMS = 100_000_000
MAX_BATCH_BYTES = 262_144
_READ = re.compile(r"arn:aws[a-z-]*:states:::s3:(getObject|listObjectsV2)")
_WRITE = re.compile(r"arn:aws[a-z-]*:states:::s3:putObject")
_READER = frozenset(["Resource", "Parameters", "Arguments", "ReaderConfig", "Comment"])
_WRITER = frozenset(["Resource", "Parameters", "Arguments", "WriterConfig", "Comment"])
_CSV = frozenset(["CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"])
_CONFIGURATION: dict[str, values.Check] = {
    "InputType": values.one_of(["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"]),
    "ManifestType": values.one_of(["ATHENA_DATA", "S3_INVENTORY"]),
    "Transformation": values.one_of(["NONE", "LOAD_AND_FLATTEN"]),
    "CSVHeaderLocation": values.one_of(["FIRST_ROW", "GIVEN"]),
    "CSVDelimiter": values.one_of(["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]),
    "CSVHeaders": values.of_type(list),
    "MaxItems": values.integer(0, MAX_ITEMS),
    "MaxItemsPath": paths.own_reference,
    "ItemsPointer": values.of_type(str),
}
_WRITER_CONFIGURATION: dict[str, values.Check] = {
    "Transformation": values.one_of(["NONE", "COMPACT", "FLATTEN"]),
    "OutputType": values.one_of(["JSON", "JSONL"]),
}
_BATCHER: dict[str, values.Check] = {
    "MaxItemsPerBatch": values.integer(0),
    "MaxItemsPerBatchPath": paths.own_reference,
    "MaxInputBytesPerBatch": values.integer(0, MAX_BATCH_BYTES),
    "MaxInputBytesPerBatchPath": paths.own_reference,
    "BatchInput": values.computed(dict),
}


def reader(report: Report, state: State, path: str, body: Json) -> None:
    """Check an ItemReader."""
    fields.known(report, state, body.keys(), _READER, path)
    if fields.required(report, body.keys(), ["Resource"], path):
        _resource(report, pointer(path, "Resource"), body["Resource"], _READ)
    _arguments(report, state, path, body)
    if "ReaderConfig" in body:
        at, found = pointer(path, "ReaderConfig"), body["ReaderConfig"]
        if isinstance(found, dict):
            _reader_configuration(report, state, at, found)
        else:
            report.error("value", "Expected value of type Object", at)


def _reader_configuration(report: Report, state: State, path: str, body: Json) -> None:
    kind, csv = body.get("InputType"), _CSV & body.keys()
    fields.known(report, state, body.keys(), frozenset(_CONFIGURATION), path)
    values.each(report, state, path, body, _CONFIGURATION)
    fields.only_one(report, body.keys(), ("MaxItems", "MaxItemsPath"), path)
    if kind == "CSV" and "CSVHeaderLocation" not in body:
        report.error("required", "The field 'CSVHeaderLocation' is required", path)
    if isinstance(kind, str) and kind not in ("CSV", "MANIFEST"):
        for name in sorted(csv):
            report.error("field", f"Field '{name}' is not supported", pointer(path, name), at=path)
    if body.get("CSVHeaderLocation") == "GIVEN":
        fields.required(report, body.keys(), ["CSVHeaders"], path)


def batcher(report: Report, state: State, path: str, body: Json) -> None:
    """Check an ItemBatcher."""
    fields.known(report, state, body.keys(), frozenset(_BATCHER), path)
    values.each(report, state, path, body, _BATCHER)
    pairs = [(name, f"{name}Path") for name in ("MaxItemsPerBatch", "MaxInputBytesPerBatch")]
    for pair in pairs:
        fields.only_one(report, body.keys(), pair, path)
    if not any(name in body for pair in pairs for name in pair):
        names = ", ".join(name for pair in pairs for name in pair)
        report.error("required", f"At least one of these fields is required: [{names}]", path)


def writer(report: Report, state: State, path: str, body: Json) -> None:
    """Check a ResultWriter: where to write, or how, or both."""
    fields.known(report, state, body.keys(), _WRITER, path)
    if "Resource" in body:
        _resource(report, pointer(path, "Resource"), body["Resource"], _WRITE)
    elif "WriterConfig" not in body:
        fields.required(report, body.keys(), ["Resource"], path)
    _arguments(report, state, path, body)
    at, found = pointer(path, "WriterConfig"), body.get("WriterConfig", {})
    if not isinstance(found, dict):
        report.error("value", "Expected value of type Object", at)
    fields.known(report, state, as_dict(found).keys(), frozenset(_WRITER_CONFIGURATION), at)
    values.each(report, state, at, as_dict(found), _WRITER_CONFIGURATION)


def _resource(report: Report, path: str, value: object, allowed: re.Pattern[str]) -> None:
    if not isinstance(value, str) or not allowed.fullmatch(value):
        report.error("value", "The field 'Resource' does not match any of the allowed values", path)


def _arguments(report: Report, state: State, path: str, body: Json) -> None:
    name = "Arguments" if state.jsonata else "Parameters"
    if name in body:
        values.computed(dict)(report, state, pointer(path, name), body[name])
