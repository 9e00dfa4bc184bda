"""The transfer layer: what jobs need of an object store, and a folder that can stand in for S3."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from batchyard_job.errors import BadInputError
from batchyard_job.location import Location


class Store(Protocol):
    """An object store."""

    def exists(self, place: Location) -> bool:
        """Say whether an object that may be missing is there."""

    def size(self, place: Location) -> int:
        """Return an object's size in bytes; BadInputError if it is missing."""

    def download(self, place: Location, to: Path) -> None:
        """Write an object to a file; BadInputError if it is missing."""

    def upload(self, file: Path, place: Location) -> None:
        """Write a file to an object."""

    def copy(self, source: Location, place: Location) -> None:
        """Copy an object within the store."""

    def delete(self, place: Location) -> None:
        """Remove an object; none there is fine."""


def open_store(*places: Location) -> Store:
    """Return the store that all the places lie in.

    Raises:
        BadInputError: they lie in different ones.
    """
    schemes = {place.scheme for place in places}
    if len(schemes) > 1:
        raise BadInputError(
            f"inputs and results have to be in one store, not in {' and '.join(sorted(schemes))}"
        )
    if schemes == {"file"}:
        return DirectoryStore()
    from batchyard_job.s3 import S3Store

    return S3Store()


class DirectoryStore:
    """Files on this machine; for tests and for trying a job without S3."""

    def exists(self, place: Location) -> bool:
        return self._path(place).is_file()

    def size(self, place: Location) -> int:
        if not self.exists(place):
            raise BadInputError(f"missing object {place}")
        return self._path(place).stat().st_size

    def download(self, place: Location, to: Path) -> None:
        if not self.exists(place):
            raise BadInputError(f"missing object {place}")
        shutil.copyfile(self._path(place), to)

    def upload(self, file: Path, place: Location) -> None:
        path = self._path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, path)

    def copy(self, source: Location, place: Location) -> None:
        self.upload(self._path(source), place)

    def delete(self, place: Location) -> None:
        path = self._path(place)
        path.unlink(missing_ok=True)
        # S3 has no folders: an empty one would be something that S3 never shows.
        for folder in (path.parent, path.parent.parent):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    @staticmethod
    def _path(place: Location) -> Path:
        return Path("/", place.key)
