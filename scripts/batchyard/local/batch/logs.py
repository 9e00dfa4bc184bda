"""Output of a process as events of CloudWatch Logs."""

from __future__ import annotations

from batchyard.local.batch.ledger import now_ms

# An event holds 256 KiB less 26 bytes of overhead:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
LONGEST = 256 * 1024 - 26
# What the host is given at once: a few milliseconds of its work, so that a flood of lines holds nobody up.
MOST_EVENTS = 200
MOST_BYTES = 512 * 1024


class LineSplitter:
    """Bytes in, (epoch ms, line) events out; a line too long for one event becomes several."""

    def __init__(self) -> None:
        self.last = ""
        self._rest = b""
        self._events: list[tuple[int, str]] = []
        self._bytes = 0

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._add(line)
        while len(self._rest) >= LONGEST:
            self._add(self._rest[:LONGEST])
            self._rest = self._rest[LONGEST:]

    def finish(self) -> None:
        """Take what follows the last line feed as a line too."""
        self._add(self._rest)
        self._rest = b""

    @property
    def full(self) -> bool:
        return len(self._events) >= MOST_EVENTS or self._bytes >= MOST_BYTES

    def take(self) -> list[tuple[int, str]]:
        """Return the events since the last call."""
        events, self._events, self._bytes = self._events, [], 0
        return events

    def _add(self, line: bytes) -> None:
        line = line.removesuffix(b"\r")
        for start in range(0, len(line), LONGEST):
            part = line[start : start + LONGEST]
            self.last = part.decode(errors="replace")
            self._events.append((now_ms(), self.last))
            self._bytes += len(part)
