"""The format of a recording: a line of JSON, then the frames, one byte per pixel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from batchyard_job.errors import BadInputError

_MOST_HEADER_BYTES = 1024


@dataclass(frozen=True)
class Header:
    """What a recording says of itself.

    Args:
        width: pixels in a row.
        height: rows.
        rate: frames per second.
        frames: how many there are.
    """

    width: int
    height: int
    rate: int
    frames: int

    @property
    def seconds(self) -> float:
        """Return how long was recorded."""
        return self.frames / self.rate

    def encoded(self) -> bytes:
        """Return the first line."""
        return json.dumps(asdict(self), sort_keys=True).encode() + b"\n"


def read_header(source: BinaryIO, name: str) -> Header:
    """Read the first line.

    Args:
        source: an open recording.
        name: its name, for the message.

    Raises:
        BadInputError: it is none.
    """
    try:
        header = Header(**json.loads(source.readline(_MOST_HEADER_BYTES)))
        sound = all(type(value) is int and value > 0 for value in asdict(header).values())
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise BadInputError(f"{name} is no recording: its first line says neither size, rate nor frames")
    return header


def frames(file: Path) -> Iterator[bytes]:
    """Give the frames of a recording, in order.

    Raises:
        BadInputError: it ends too early, or holds more than it says.
    """
    with file.open("rb") as source:
        header = read_header(source, file.name)
        size = header.width * header.height
        for number in range(header.frames):
            frame = source.read(size)
            if len(frame) < size:
                raise BadInputError(f"{file.name} ends in frame {number} of {header.frames}")
            yield frame
        if source.read(1):
            raise BadInputError(f"{file.name} goes on after its {header.frames} frames")
