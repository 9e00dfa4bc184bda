"""Small objects: documents and folders of files that a program reads or writes as a whole."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchyard_job.attempt import Attempt
from batchyard_job.errors import BadInputError
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.publish import Publication
from batchyard_job.store import Store


def read_json(store: Store, place: Location) -> Any:  # noqa: ANN401 - any JSON
    """Return the document that an object holds.

    Raises:
        BadInputError: it is missing, or no JSON.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "object")
        store.download(place, file)
        try:
            return json.loads(file.read_bytes())
        except ValueError as error:
            raise BadInputError(f"{place} is no JSON: {error}") from error


def write_json(store: Store, place: Location, document: object) -> None:
    """Write a document as one object, which appears whole or not at all."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "object")
        file.write_bytes(encoded(document))
        store.upload(file, place)


def encoded(document: object) -> bytes:
    """Return a document's JSON: the same document, the same bytes."""
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def publish(
    store: Store, folder: Location, files: Mapping[str, bytes], attempt: Attempt, log: Log
) -> list[str]:
    """Write several objects that belong together: all, or none.

    Args:
        store: where to.
        folder: the results' folder.
        files: content by name, in order of publication.
        attempt: names the temporary keys.
        log: for what can not be cleaned up.

    Returns:
        their URIs.
    """
    publication = Publication(store, folder, list(files), attempt, log)
    publication.sweep()
    with tempfile.TemporaryDirectory() as out:
        for name, content in files.items():
            Path(out, name).write_bytes(content)
        return publication.publish(Path(out))
