"""A text that is no JSON, as the service's parser reports it.

Recorded: `Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null',
'true' or 'false')` at `[Source: (String)"not a definition"; line: 1, column: 4]`.
"""

from __future__ import annotations

import re

from batchyard.asl.validate.diagnostics import Diagnostic
from batchyard.strict import JsonError, line_and_column

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_EXPECTED = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
# Of the text that the parser quotes.
_SHOWN = 500


def unreadable(text: str, error: JsonError) -> Diagnostic:
    """Return the diagnostic for a text that can not be parsed."""
    reason, offset = _reason(text, error)
    line, column = line_and_column(text, offset)
    rest = len(text) - _SHOWN
    quoted = f'"{text[:_SHOWN]}"' + (f"[truncated {rest} chars]" if rest > 0 else "")
    place = f"[Source: (String){quoted}; line: {line}, column: {column}]"
    message = f"{reason}\n at {place}"
    return Diagnostic("ERROR", "INVALID_JSON_DESCRIPTION", message, place, kind="json")


def _reason(text: str, error: JsonError) -> tuple[str, int]:
    if error.what.startswith("key "):
        key = error.what.removeprefix("key ").removesuffix(" is given twice")
        return f"Duplicate field '{key}'", error.offset
    if not error.what.startswith("not valid JSON: "):
        return error.what, error.offset
    word = _WORD.match(text, error.offset)
    if word:
        return f"Unrecognized token '{word.group()}': {_EXPECTED}", word.end()
    if error.offset >= len(text.rstrip()):
        return "Unexpected end-of-input", len(text)
    character = text[error.offset]
    why = error.what.removeprefix("not valid JSON: ")
    return f"Unexpected character ('{character}' (code {ord(character)})): {why}", error.offset + 1
