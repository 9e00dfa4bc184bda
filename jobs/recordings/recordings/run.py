"""What the jobs of one run share: its folders and the list of its recordings."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from batchyard_job import objects
from batchyard_job.errors import BadInputError
from batchyard_job.location import Location
from batchyard_job.store import Store

LIST, TRUTH = "recordings.json", "truth.json"


@dataclass(frozen=True)
class Entry:
    """One recording of a run.

    Args:
        name: its file's.
        seconds: how long was recorded.
        bytes: its size.
        sha256: of its bytes.
    """

    name: str
    seconds: float
    bytes: int
    sha256: str

    @property
    def result(self) -> str:
        """Return the name of its result."""
        return self.name.rpartition(".")[0] + ".json"


def name_of(index: int) -> str:
    """Return the name of the recording that the array's child of this index processes."""
    return f"{index:05}.rec"


def write_list(store: Store, folder: Location, entries: list[Entry]) -> None:
    """Write the list of a run's recordings, in the order of the array's children."""
    document = {"recordings": [asdict(entry) for entry in entries]}
    objects.write_json(store, folder.child(LIST), document)


def read_list(store: Store, folder: Location) -> list[Entry]:
    """Read the list of a run's recordings.

    Raises:
        BadInputError: it is missing, or is no such list.
    """
    document: Any = objects.read_json(store, folder.child(LIST))
    try:
        return [Entry(**each) for each in document["recordings"]]
    except (KeyError, TypeError) as error:
        raise BadInputError(f"{folder.child(LIST)} is no list of recordings: {error}") from error
