"""Publication: results appear under their final names all together, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from batchyard_job.attempt import Attempt
from batchyard_job.errors import JobError
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import Store

TEMPORARY_FOLDER = ".tmp"


class Publication:
    """Uploads under `<folder>/.tmp/<attempt>/` and publishes by copying within the store.

    Args:
        store: where the results go.
        folder: the results' folder.
        names: the result files in order of publication: data, then its index, then its checksum, so that
            whoever waits for the last name finds the others complete.
        attempt: names the temporary keys.
        log: for what can not be cleaned up.
    """

    def __init__(
        self, store: Store, folder: Location, names: Sequence[str], attempt: Attempt, log: Log
    ) -> None:
        self._store, self._folder, self._names, self._attempt, self._log = store, folder, names, attempt, log
        self._uploaded: list[Location] = []
        self._published: list[Location] = []

    def sweep(self) -> None:
        """Remove what killed attempts of the same job left; their keys are known, so nothing is listed."""
        for label in self._attempt.earlier:
            self._remove([self._temporary(label, name) for name in self._names])

    def publish(self, out: Path) -> list[str]:
        """Upload all results, then give them their final names.

        Args:
            out: the folder that holds the result files.

        Returns:
            the URIs, in order.

        Raises:
            JobError: a transfer failed; nothing of this attempt is left, under any name.
        """
        try:
            self._upload(out)
            self._rename()
        except BaseException:  # also a signal: what is half published has to go
            self._remove(self._published)
            raise
        finally:
            self._remove(self._uploaded)
        return [str(place) for place in self._published]

    def _upload(self, out: Path) -> None:
        for name in self._names:
            place = self._temporary(self._attempt.label, name)
            self._uploaded.append(place)
            self._store.upload(out / name, place)

    def _rename(self) -> None:
        for name, source in zip(self._names, self._uploaded, strict=True):
            place = self._folder.child(name)
            self._published.append(place)
            self._store.copy(source, place)

    def _temporary(self, label: str, name: str) -> Location:
        return self._folder.child(TEMPORARY_FOLDER, label, name)

    def _remove(self, places: Sequence[Location]) -> None:
        for place in places:
            try:
                self._store.delete(place)
            except (JobError, OSError) as error:
                self._log.warning("can not be removed", key=str(place), reason=str(error))
