"""Timestamps that are written into a definition.

Source: https://states-language.net/spec.html#timestamps
"""

from __future__ import annotations

from batchyard.asl.data.timestamps import parse
from batchyard.asl.states import State
from batchyard.asl.validate.diagnostics import Report
from batchyard.asl.validate.values import expression


def timestamp(report: Report, state: State, path: str, value: object) -> None:
    """Check a timestamp, or with JSONata what stands for one."""
    if expression(state, value):
        return
    if not isinstance(value, str):
        report.error("value", "Expected value of type String", path)
    elif parse(value) is None:
        report.error("value", "String does not match RFC3339 timestamp", path)
