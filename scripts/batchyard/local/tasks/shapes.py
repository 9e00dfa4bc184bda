"""Arguments of tasks to requests, and answers to results, by the API's published model (botocore's, as data).

Times of optimized integrations are epoch milliseconds, those of `aws-sdk:` are ISO 8601 text; blobs are text.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html, recorded results.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from batchyard.asl.data.text import dump
from batchyard.local.tasks.facts import TEXT

Shape = Any  # botocore publishes no types
Value = Any  # any JSON value
_NUMBERS = ("integer", "long", "float", "double")


@dataclass(frozen=True, slots=True)
class Style:
    """What differs between the two kinds of integration.

    Args:
        member: gives the name in the state machine for a member of the model.
        time: gives the JSON of a time.
        filled: whether lists that an answer leaves out are shown empty.
    """

    member: Callable[[str], str]
    time: Callable[[datetime], Value]
    filled: bool = False


def epoch_ms(when: datetime) -> int:
    """Return a time as optimized integrations show it."""
    return round(when.timestamp() * 1000)


def iso(when: datetime) -> str:
    """Return a time as `aws-sdk:` integrations show it: a fraction only where there is one."""
    kept = "milliseconds" if when.microsecond else "seconds"
    return when.astimezone(UTC).isoformat(timespec=kept).replace("+00:00", "Z")


def request(arguments: Mapping[str, Value], shape: Shape, style: Style, faults: list[str]) -> dict[str, Any]:
    """Return the request for a task's arguments; a member that is null counts as left out.

    Args:
        shape: of the operation's input; None where it takes nothing.
        faults: sentences are added for what does not fit.
    """
    payload = (shape.serialization.get("payload") if shape else None) or ""
    return _Requests(style, faults, payload).structure(arguments, shape)


class _Requests:
    def __init__(self, style: Style, faults: list[str], payload: str) -> None:
        self._style, self._faults, self._payload = style, faults, payload

    def structure(self, value: Mapping[str, Value], shape: Shape) -> dict[str, Any]:
        members = {self._style.member(name): name for name in shape.members} if shape else {}
        found: dict[str, Any] = {}
        for key, item in value.items():
            if key not in members:
                self._faults.append(f'The field "{key}" is not supported by Step Functions')
            elif item is not None:
                found[members[key]] = self._member(key, item, shape.members[members[key]], members[key])
        return found

    def _member(self, key: str, value: Value, shape: Shape, name: str) -> Any:  # noqa: ANN401
        if shape.type_name == "string" and not isinstance(value, str):
            if isinstance(value, dict | list) or key in TEXT:
                return dump(value)
        elif shape.type_name == "blob" and (name == self._payload or not isinstance(value, str)):
            # Recorded: a body is its JSON, a text with its quotes too.
            return dump(value).encode()
        return self._value(key, value, shape)

    def _value(self, key: str, value: Value, shape: Shape) -> Any:  # noqa: ANN401
        kind = shape.type_name
        if getattr(shape, "is_document_type", False):
            return value
        if kind == "structure" and isinstance(value, Mapping):
            return self.structure(value, shape)
        if kind == "list" and isinstance(value, list):
            return [self._value(key, item, shape.member) for item in value]
        if kind == "map" and isinstance(value, Mapping):
            return {each: self._value(each, item, shape.value) for each, item in value.items()}
        if kind in _NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
            return int(value) if kind in _NUMBERS[:2] and value == int(value) else value
        if kind == "boolean" and isinstance(value, bool):
            return value
        if kind == "blob" and isinstance(value, str):
            return value.encode()
        if kind == "timestamp" and _is_time(value):
            return value
        if not (kind == "string" and isinstance(value, str)):
            self._faults.append(f"The value for the field '{key}' must be {_article(kind)}")
        return value


def _is_time(value: Value) -> bool:
    from botocore.utils import parse_timestamp

    try:
        parse_timestamp(value)
    except (ValueError, TypeError):
        return False
    return True


def _article(kind: str) -> str:
    names = {"structure": "OBJECT", "map": "OBJECT", "list": "ARRAY", "long": "INTEGER", "blob": "STRING"}
    name = names.get(kind, kind.upper())
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def lacking(params: Mapping[str, Any], shape: Shape, path: str = "") -> Iterator[str]:
    """Yield the paths of required members that a request does not have."""
    if shape is None:
        return
    yield from (f"{path}{name}" for name in shape.required_members if params.get(name) is None)
    for name, value in params.items():
        below = shape.members.get(name)
        if below is None or getattr(below, "is_document_type", False):
            continue
        if below.type_name == "structure" and isinstance(value, Mapping):
            yield from lacking(value, below, f"{path}{name}.")


def result(answer: Mapping[str, Any], shape: Shape, style: Style) -> dict[str, Value]:
    """Return what a task yields for a service's answer.

    Args:
        shape: of the operation's output; None where it gives nothing.
    """
    return dict(_result(answer, shape, style)) if shape else {}


def _result(value: Any, shape: Shape, style: Style) -> Value:  # noqa: ANN401
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return value
    if kind == "structure":
        return {
            style.member(name): _result(value.get(name, []), below, style)
            for name, below in sorted(shape.members.items())
            if value.get(name) is not None or (style.filled and below.type_name == "list")
        }
    if kind == "list":
        return [_result(item, shape.member, style) for item in value]
    if kind == "map":
        return {key: _result(item, shape.value, style) for key, item in value.items()}
    if kind == "timestamp" and isinstance(value, datetime):
        return style.time(value)
    if kind == "blob":
        return text(value)
    if kind == "string" and isinstance(value, dict):
        # boto3 decodes policy documents; the service sends them URL-encoded.
        return quote(json.dumps(value), safe="")
    return value


def text(blob: bytes) -> str:
    """Return a blob as the text that it is; what is no UTF-8 in base64."""
    try:
        return blob.decode()
    except UnicodeDecodeError:
        return base64.b64encode(blob).decode()
