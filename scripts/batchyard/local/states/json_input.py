"""JSON texts of requests: whether they are sound, and what is wrong with them in the service's words.

The wording is that of the service's JSON parser, as its answers show it.
"""

from __future__ import annotations

import json
import re

from batchyard.asl.data.text import load

_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_TOKEN = re.compile(r"[\w$]+")
_CONSTANT = re.compile(r"NaN|-?Infinity")
_EXPECTED = {
    "Expecting property name enclosed in double quotes": "was expecting double-quote to start field name",
    "Expecting ':' delimiter": "was expecting a colon to separate field name and value",
    "Expecting ',' delimiter": "was expecting comma to separate entries",
    "Illegal trailing comma before end of object": "was expecting double-quote to start field name",
}


def fault(text: str) -> str | None:
    """Return what is wrong with a text that should be JSON; None if nothing is."""
    try:
        load(text)
    except json.JSONDecodeError as error:
        return _told(text, error)
    except ValueError as error:
        constant = _CONSTANT.match(str(error))
        if constant is None:
            return "Document nesting depth exceeds the maximum allowed"
        return f"Unrecognized token '{constant[0]}': was expecting {_VALUES}"
    return None


def _told(text: str, error: json.JSONDecodeError) -> str:
    rest = text[error.pos :].lstrip()
    if not rest:
        return "Unexpected end-of-input"
    token = _TOKEN.match(rest)
    if error.msg == "Expecting value" and token:
        return f"Unrecognized token '{token[0]}': was expecting {_VALUES}"
    expected = _EXPECTED.get(error.msg, f"expected a valid value {_VALUES}")
    return f"Unexpected character ('{rest[0]}' (code {ord(rest[0])})): {expected}"
