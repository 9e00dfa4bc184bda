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


def plain(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return a copy as JSON has it: keys are text, and what holds itself (YAML can say so) is null there."""
    root: list[Any] = [None]
    within: set[int] = set()
    # Where to put a value, the key there, and the value; without a place, the key says what is done.
    waiting: list[tuple[Any, Any, Any]] = [(root, 0, value)]
    while waiting:
        into, key, item = waiting.pop()
        if into is None:
            within.discard(key)
        elif not isinstance(item, dict | list):
            into[key] = item
        elif id(item) in within:
            into[key] = None
        else:
            within.add(id(item))
            waiting.append((None, id(item), None))
            made: Any = {str(each): None for each in item} if isinstance(item, dict) else [None] * len(item)
            into[key] = made
            pairs = item.items() if isinstance(item, dict) else enumerate(item)
            for each, below in pairs:
                waiting.append((made, str(each) if isinstance(item, dict) else each, below))
    return root[0]


def walk(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value in a JSON document with its pointer, the outermost first."""
    waiting: list[tuple[str, object]] = [(path, value)]
    while waiting:
        at, item = waiting.pop()
        yield at, item
        pairs = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        waiting.extend(reversed([(pointer(at, key), below) for key, below in pairs]))
