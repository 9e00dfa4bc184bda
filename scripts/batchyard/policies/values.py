"""Reading what checkov holds of a resource, which differs by where it comes from.

From a plan every argument is a list with its value, from Terraform JSON and from source most are; an empty
block is an empty list, and what Terraform would have to work out is text such as `var.image`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_EXPRESSION = re.compile(r"\$\{|^(var|local|each|data|module|path|aws_[a-z0-9_]+)[.\[]|^[a-z0-9_]+\(")


def one(value: Any) -> Any:  # noqa: ANN401 - any value of a resource
    """Return a value out of the lists round it; None where they are empty."""
    while isinstance(value, list):
        value = value[0] if value else None
    return value


def many(value: Any) -> list[Any]:  # noqa: ANN401 - any value of a resource
    """Return the items of a list, or of lists in lists; a lone value is its only item."""
    if isinstance(value, list):
        return [item for each in value for item in many(each)]
    return [] if value is None else [value]


def block(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any value of a resource
    """Return a block or object; an empty one where it is absent or not yet known."""
    found = one(value)
    return found if isinstance(found, dict) else {}


def text(value: Any) -> str | None:  # noqa: ANN401 - any value of a resource
    """Return a text; None where it is absent, empty, or no text."""
    found = one(value)
    return found if isinstance(found, str) and found else None


def number(value: Any) -> int | None:  # noqa: ANN401 - any value of a resource
    """Return a whole number; None where it is absent or not yet known."""
    found = one(value)
    if isinstance(found, str) and found.isdigit():
        return int(found)
    return found if isinstance(found, int) else None


def is_expression(value: Any) -> bool:  # noqa: ANN401 - any value of a resource
    """Return whether a value is an expression that only Terraform can work out."""
    found = one(value)
    return isinstance(found, str) and bool(_EXPRESSION.search(found))


def document(value: Any) -> Mapping[str, Any] | None:  # noqa: ANN401 - any value of a resource
    """Return a JSON object that an argument holds as text or as an object; None where it holds neither."""
    found = one(value)
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except ValueError:
            return None
    return found if isinstance(found, dict) else None
