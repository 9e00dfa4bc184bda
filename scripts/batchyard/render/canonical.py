"""JSON in one form only: sorted keys, two spaces, a newline at the end; and JSON inside YAML templates."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Any

from batchyard.errors import ManifestError

# What JSON may hold raw, and a YAML reader refuses or takes for a line break (YAML 1.1, 5.1 and 5.4).
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def dump(document: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return the canonical text of a document.

    Args:
        document: JSON values; paths become strings.

    Raises:
        ManifestError: it holds NaN, an infinity, or something that is no JSON.
    """
    return f"{_encode(document, indent=2, sort_keys=True)}\n"


def inline(value: Any) -> str:  # noqa: ANN401
    """Return a value as JSON on one line that is also YAML; the `json` filter of templates.

    Args:
        value: JSON values in their own order; paths become strings.

    Raises:
        ManifestError: as for `dump`.
    """
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", _encode(value))


def size(document: Any) -> int:  # noqa: ANN401
    """Return the size of a document in bytes, without white space."""
    return len(_encode(document, separators=(",", ":")).encode())


def _encode(value: Any, **form: Any) -> str:  # noqa: ANN401
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain, **form)
    except (ValueError, TypeError, RecursionError) as error:
        raise ManifestError(
            f"no JSON value: {error}", fix="use texts, numbers, true, false, null, lists, objects"
        ) from error
    if _SURROGATE.search(text):
        raise ManifestError("no JSON value: half of a surrogate pair in a text")
    return text


def _plain(value: object) -> str:
    if isinstance(value, PurePath):
        return value.as_posix()
    str(value)  # raises, with the name, for what is undefined in a template
    raise TypeError(f"{type(value).__name__} has no JSON form")
