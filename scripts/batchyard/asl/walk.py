"""JSON documents as trees: pointers, and walks that accept any value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def as_dict(value: object) -> Json:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return the value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def pointer(base: str, *parts: object) -> str:
    """Return the JSON pointer (RFC 6901) of something below `base`."""
    return base + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def plain(value: object, _within: tuple[int, ...] = ()) -> Any:  # noqa: ANN401 - any JSON value
    """Return a document as JSON has it: YAML knows other keys than text, and lists that hold themselves."""
    if id(value) in _within:
        return None
    inside = (*_within, id(value))
    if isinstance(value, dict):
        return {str(key): plain(item, inside) for key, item in value.items()}
    return [plain(item, inside) for item in value] if isinstance(value, list) else value


def walk(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value in a JSON document with its pointer, the outermost first."""
    waiting: list[tuple[str, object]] = [(path, value)]
    while waiting:
        at, item = waiting.pop()
        yield at, item
        pairs = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        waiting.extend(reversed([(pointer(at, key), below) for key, below in pairs]))
