"""JSON as items."""

from __future__ import annotations

from typing import Any

from batchyard.asl.data.text import load
from batchyard.asl.errors import ITEM_READER_FAILED, StatesError

NOT_ITERABLE = "Attempting to map over non-iterable node."


def parsed(text: bytes | str) -> Any:  # noqa: ANN401 - JSON
    """Parse a JSON document.

    Raises:
        StatesError: it is none.
    """
    try:
        return load(text if isinstance(text, str) else text.decode())
    except ValueError as error:
        raise StatesError(ITEM_READER_FAILED, f"Unable to parse JSON: {error}") from error


def node(document: Any, pointer: str) -> list[Any] | dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the array or object that a JSON pointer (RFC 6901) names.

    Raises:
        StatesError: there is none, or it is neither.
    """
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        else:
            document = None
    if not isinstance(document, list | dict):
        raise StatesError(ITEM_READER_FAILED, NOT_ITERABLE)
    return document
