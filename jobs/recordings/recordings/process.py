"""One child of the array: fetches its recording to the scratch volume, and says what is in it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchyard_job import objects
from batchyard_job.attempt import Attempt, base_directory, working_directory
from batchyard_job.errors import BadInputError
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import Store, open_store
from recordings.detection import find
from recordings.recording import frames, read_header
from recordings.run import Entry, read_list

FLAGS = ("recordings_s3_folder_path", "results_s3_folder_path")


def process(options: Mapping[str, str], variables: Mapping[str, str], attempt: Attempt, log: Log) -> None:
    """Process the recording of this child, unless that has been done already.

    Args:
        options: value by flag.
        variables: AWS_BATCH_JOB_ARRAY_INDEX picks the recording; without it, as in a job that is no array's
            child, the first.
        attempt: names the working directory.
        log: gets the result.

    Raises:
        BadInputError: there is no such recording, or its bytes are not those that were listed.
    """
    index = int(variables.get("AWS_BATCH_JOB_ARRAY_INDEX", "0"))
    folder = Location.parse(options["recordings_s3_folder_path"], flag="recordings_s3_folder_path")
    results = Location.parse(options["results_s3_folder_path"], flag="results_s3_folder_path")
    store = open_store(folder, results)
    entries = read_list(store, folder)
    if index >= len(entries):
        raise BadInputError(f"there is no recording {index}: {folder} has {len(entries)}")
    entry = entries[index]
    place = results.child(entry.result)
    if _is_done(store, place, entry):
        # The array as a whole was submitted again, for the sake of its other children.
        log.info("done already", recording=entry.name, result=str(place))
        return
    with working_directory(base_directory(options.get("working_dir")), attempt) as work:
        file = work / "in" / entry.name
        store.download(folder.child(entry.name), file)
        result = {"index": index, **measured(file, entry)}
    objects.write_json(store, place, result)
    log.info("processed", **result)


def measured(file: Path, entry: Entry) -> dict[str, Any]:
    """Return what is in a recording, and how long it took to see that, next to how long was recorded.

    Args:
        file: the recording.
        entry: what it should be.

    Raises:
        BadInputError: it is not.
    """
    began = time.monotonic()
    with file.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        if digest != entry.sha256:
            raise BadInputError(f"{entry.name} has SHA-256 {digest}, and {entry.sha256} was listed")
        source.seek(0)
        header = read_header(source, entry.name)
    found = find(frames(file), header.width)
    seconds = time.monotonic() - began
    return {
        "recording": entry.name,
        "sha256": entry.sha256,
        "recordedSeconds": header.seconds,
        "frames": found.frames,
        "detections": found.detections,
        "tracks": found.tracks,
        "seconds": round(seconds, 6),
        "silFactor": round(seconds / header.seconds, 6),
    }


def _is_done(store: Store, place: Location, entry: Entry) -> bool:
    return store.exists(place) and objects.read_json(store, place).get("sha256") == entry.sha256
