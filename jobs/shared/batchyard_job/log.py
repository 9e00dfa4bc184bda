"""Structured log lines: one JSON object per line on standard output, which Batch sends to CloudWatch Logs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TextIO


@dataclass
class Log:
    """Writes log lines that all carry the same context.

    Args:
        context: fields of every line: job id, attempt, step, sample.
        stream: where to write.
    """

    context: dict[str, Any]
    stream: TextIO = field(default_factory=lambda: sys.stdout)

    def info(self, message: str, **fields: object) -> None:
        """Write what happened."""
        self._write("INFO", message, fields)

    def warning(self, message: str, **fields: object) -> None:
        """Write what a reader should know although the job goes on."""
        self._write("WARNING", message, fields)

    def error(self, message: str, **fields: object) -> None:
        """Write why the job fails."""
        self._write("ERROR", message, fields)

    def _write(self, level: str, message: str, fields: dict[str, object]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = {"time": now, "level": level, **self.context, "message": message, **fields}
        self.stream.write(json.dumps(line, default=str) + "\n")
        self.stream.flush()
