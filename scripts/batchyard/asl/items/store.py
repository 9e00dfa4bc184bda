"""What readers and writers need of an object store; who uses them passes one in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

Value = Any  # any JSON value


class Listed(NamedTuple):
    """One object in a bucket.

    Args:
        etag: with its quotes, as S3 gives it.
        modified: seconds since the epoch.
        size: bytes.
    """

    key: str
    size: int
    etag: str
    modified: int
    storage_class: str = "STANDARD"


@dataclass(frozen=True, slots=True)
class Location:
    """An object, or a bucket with a prefix.

    Args:
        version: of the object; None for the newest.
        owner: account that has to own the bucket; None for any.
    """

    bucket: str
    key: str
    version: str | None = None
    owner: str | None = None


class StoreError(Exception):
    """The store refused; its text is the store's own sentence."""


class ObjectStore(Protocol):
    """Every method raises StoreError where the store refuses, also while its result is read."""

    def get(self, location: Location) -> Iterable[bytes]:
        """Return an object's content in pieces of any size."""
        ...

    def list(self, location: Location) -> Iterator[Listed]:
        """Yield the objects whose key begins with `location.key`, by key."""
        ...

    def put(self, location: Location, body: bytes) -> None:
        """Write an object."""
        ...
