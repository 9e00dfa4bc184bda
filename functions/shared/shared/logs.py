"""Structured logs: one JSON object per line of standard output, which Lambda keeps in the log group."""

from __future__ import annotations

import json
import os
import sys

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def log(level: str, message: str, **facts: object) -> None:
    """Write one line, if the level is at least LOG_LEVEL (INFO by default).

    Args:
        level: DEBUG, INFO, WARNING or ERROR.
        message: what happened.
        facts: what it happened to; values that are no JSON become strings.
    """
    least = os.environ.get("LOG_LEVEL", "INFO")
    if _LEVELS.index(level) < _LEVELS.index(least if least in _LEVELS else "INFO"):
        return
    sys.stdout.write(json.dumps({"level": level, "message": message, **facts}, default=str) + "\n")
    sys.stdout.flush()
