"""The judge: a job of its own, after the walk."""

from __future__ import annotations

import sys

from batchyard_job import arguments, objects, program
from batchyard_job.attempt import Attempt
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import open_store
from maze_judge.replay import replay


def main() -> int:
    """Judge the walk in the folder `--maze_s3_folder_path`, and write verdict.json beside it."""
    return program.run(_judge)


def _judge(_attempt: Attempt, log: Log) -> int:
    options = arguments.parse(sys.argv[1:], required=("maze_s3_folder_path",), optional=())
    folder = Location.parse(options["maze_s3_folder_path"], flag="maze_s3_folder_path")
    store = open_store(folder)
    maze, path = (objects.read_json(store, folder.child(name)) for name in ("maze.json", "path.json"))
    verdict = replay(maze, path)
    objects.write_json(store, folder.child("verdict.json"), verdict)
    log.info("solved", **verdict)
    return 0
