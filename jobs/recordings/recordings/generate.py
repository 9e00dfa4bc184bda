"""The first job: makes the run's recordings, with the truth about them in a file of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from batchyard_job import objects
from batchyard_job.attempt import Attempt, base_directory, working_directory
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import open_store
from batchyard_job.variables import number
from recordings.run import TRUTH, Entry, name_of, write_list
from recordings.simulation import recording

MOST_RECORDINGS = 10_000  # children of an array job
FLAGS = ("recordings_s3_folder_path", "results_s3_folder_path", "recordings", "seed", "seconds")


def generate(options: Mapping[str, str], attempt: Attempt, log: Log) -> None:
    """Make recordings, and remove what an earlier run of the same name has left.

    Args:
        options: value by flag.
        attempt: names the working directory.
        log: gets a line per recording.
    """
    count = number(options["recordings"], "--recordings", least=1, most=MOST_RECORDINGS)
    seconds = number(options["seconds"], "--seconds", least=1, most=3600)
    seed = number(options["seed"], "--seed", least=0, most=2**53)
    folder = Location.parse(options["recordings_s3_folder_path"], flag="recordings_s3_folder_path")
    results = Location.parse(options["results_s3_folder_path"], flag="results_s3_folder_path")
    store = open_store(folder, results)
    entries: list[Entry] = []
    truth: dict[str, dict[str, int]] = {}
    with working_directory(base_directory(options.get("working_dir")), attempt) as work:
        for index in range(count):
            name = name_of(index)
            entry, truth[name] = _made(f"{seed}/{index}", seconds, name, work)
            store.upload(work / name, folder.child(name))
            (work / name).unlink()
            # A result of an earlier run with the same recordings would pass for this run's.
            store.delete(results.child(entry.result))
            entries.append(entry)
            log.info("generated", recording=name, seconds=entry.seconds, bytes=entry.bytes)
    objects.write_json(store, folder.child(TRUTH), truth)
    write_list(store, folder, entries)


def _made(seed: str, seconds: int, name: str, work: Path) -> tuple[Entry, dict[str, int]]:
    header, things, frames = recording(seed, seconds)
    digest = hashlib.sha256()
    with (work / name).open("wb") as target:
        for piece in (header.encoded(), *frames):
            digest.update(piece)
            target.write(piece)
    truth = {
        "frames": header.frames,
        "detections": sum(thing.last - thing.first for thing in things),
        "tracks": len(things),
    }
    return Entry(name, header.seconds, (work / name).stat().st_size, digest.hexdigest()), truth
