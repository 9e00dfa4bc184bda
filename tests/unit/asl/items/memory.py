"""An object store in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from batchyard.asl.items import Listed, Location, StoreError

MODIFIED = 1668699881


class MemoryStore:
    """Objects by bucket and key; content comes in small pieces, so that no reader may rely on lines."""

    def __init__(self, **buckets: dict[str, bytes | str]) -> None:
        self.buckets = {
            bucket: {key: body.encode() if isinstance(body, str) else body for key, body in objects.items()}
            for bucket, objects in buckets.items()
        }
        self.read: list[Location] = []

    def get(self, location: Location) -> Iterable[bytes]:
        self.read.append(location)
        found = self._bucket(location).get(location.key)
        if found is None:
            raise StoreError("The specified key does not exist.")
        step = 3 if len(found) < 1000 else 4096
        return (found[at : at + step] for at in range(0, len(found), step))

    def list(self, location: Location) -> Iterator[Listed]:
        for key, body in sorted(self._bucket(location).items()):
            if key.startswith(location.key):
                yield Listed(key, len(body), f'"{len(body):032x}"', MODIFIED)

    def put(self, location: Location, body: bytes) -> None:
        self._bucket(location)[location.key] = body

    def _bucket(self, location: Location) -> dict[str, bytes]:
        if location.bucket not in self.buckets:
            raise StoreError("The specified bucket does not exist")
        return self.buckets[location.bucket]
