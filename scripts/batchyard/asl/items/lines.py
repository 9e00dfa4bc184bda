"""Objects as lines of text, read piece by piece."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import NoReturn

from batchyard.asl.errors import ITEM_READER_FAILED, StatesError
from batchyard.asl.items.store import Location, ObjectStore

# https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
MAX_ITEM_BYTES = 8 * 1024 * 1024
_ZSTD = (".zst", ".zstd")
_BOM = b"\xef\xbb\xbf"


def pieces(store: ObjectStore, location: Location) -> Iterable[bytes]:
    """Return an object's content, decompressed if its name ends in `.gz`.

    Raises:
        StatesError: it is compressed with ZSTD, which is not supported here.
        StoreError: it can not be read.
    """
    if location.key.endswith(_ZSTD):
        raise StatesError(
            ITEM_READER_FAILED, f"ZSTD compression is not supported here: {location.bucket}/{location.key}"
        )
    found = store.get(location)
    return _unzip(found, location) if location.key.endswith(".gz") else found


def whole(store: ObjectStore, location: Location) -> bytes:
    """Return an object's content at once."""
    return b"".join(pieces(store, location)).removeprefix(_BOM)


def lines(store: ObjectStore, location: Location) -> Iterator[str]:
    """Yield an object's lines without their ends.

    Raises:
        StatesError: the object is no UTF-8, or a line is longer than an item may be.
    """
    try:
        for line in _lines(pieces(store, location)):
            yield line.decode()
    except UnicodeDecodeError as error:
        raise StatesError(
            ITEM_READER_FAILED, f"The object is not encoded as UTF-8: {location.bucket}/{location.key}"
        ) from error


def refuse_size() -> NoReturn:
    """Refuse an item that is larger than the service reads.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html (8 MB)
    """
    raise StatesError(ITEM_READER_FAILED, f"The item exceeds the maximum size of {MAX_ITEM_BYTES} bytes.")


def _lines(found: Iterable[bytes]) -> Iterator[bytes]:
    begun: list[bytes] = []  # pieces of a line whose end is not there yet
    size, first = 0, True
    for piece in found:
        if first and piece:
            piece, first = piece.removeprefix(_BOM), False
        parts = piece.split(b"\n")
        if len(parts) > 1:
            yield b"".join([*begun, parts[0]]).removesuffix(b"\r")
            begun, size = [], 0
            for part in parts[1:-1]:
                yield part.removesuffix(b"\r")
        begun.append(parts[-1])
        size += len(parts[-1])
        if size > MAX_ITEM_BYTES:
            refuse_size()
    rest = b"".join(begun)
    if rest:
        yield rest.removesuffix(b"\r")


def _unzip(found: Iterable[bytes], location: Location) -> Iterator[bytes]:
    unzip = zlib.decompressobj(wbits=31)
    try:
        for piece in found:
            while piece:
                yield unzip.decompress(piece)
                # A gzip file may have several members, one after the other.
                piece = unzip.unused_data
                if piece:
                    unzip = zlib.decompressobj(wbits=31)
    except zlib.error as error:
        raise StatesError(
            ITEM_READER_FAILED, f"The object is not compressed with GZIP: {location.bucket}/{location.key}"
        ) from error
