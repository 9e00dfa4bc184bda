"""Gzipped input: told from plain, and damage told from success."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from batchyard_job.errors import BadInputError

_MAGIC = b"\x1f\x8b"
_BUFFER = 1 << 20


def is_gzipped(path: Path) -> bool:
    """Say whether a file starts as gzip does, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) == _MAGIC


def open_plain(path: Path) -> IO[bytes]:
    """Open a file for reading its text, gzipped or not."""
    if not is_gzipped(path):
        return path.open("rb", buffering=_BUFFER)
    return io.BufferedReader(gzip.GzipFile(path), _BUFFER)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what gzip raises on damaged data into BadInputError."""
    try:
        yield
    except EOFError as error:
        raise BadInputError(f"{path.name} is truncated: the compressed data end early") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise BadInputError(f"{path.name} is corrupt: {error}") from error
