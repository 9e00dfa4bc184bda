"""The agent container: explores until it holds the key and is out, and publishes how it went."""

from __future__ import annotations

import os
import time

from batchyard_job import meeting, objects, program
from batchyard_job.attempt import Attempt
from batchyard_job.errors import BadInputError
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import open_store
from batchyard_job.variables import text, whole
from maze_agent.client import Maze
from maze_agent.explorer import Walk


def main() -> int:
    """Find the way through the maze that the container `server` serves."""
    return program.run(_explore, container="agent")


def _explore(attempt: Attempt, log: Log) -> int:
    folder = Location.parse(text(os.environ, "MAZE_RESULTS_S3_PATH"))
    wait = whole(os.environ, "MAZE_WAIT_SECONDS", least=1, most=3600, default="60")
    maze = Maze(meeting.port(attempt), meeting.job_of(attempt), wait_seconds=wait)
    began = time.monotonic()
    walk = Walk(maze.first_look, maze.move)
    log.info("exploring", start=walk.cell, cells=walk.cells)
    escaped = walk.explore()
    story = {
        "moves": "".join(walk.moves),
        "steps": len(walk.moves),
        "bumps": walk.bumps,
        "cellsVisited": len(walk.known),
        "cells": walk.cells,
        "hasKey": bool(walk.look["hasKey"]),
        "escaped": escaped,
        "seconds": round(time.monotonic() - began, 3),
    }
    # Also of a walk that led nowhere: it shows which cells can be reached.
    objects.write_json(open_store(folder), folder.child("path.json"), story)
    if not escaped:
        raise BadInputError(_no_way_out(walk))
    log.info("escaped", **{name: value for name, value in story.items() if name != "moves"})
    return 0


def _no_way_out(walk: Walk) -> str:
    key = "was found" if walk.look["hasKey"] else "was not found"
    way = "was seen" if walk.exit else "was not seen"
    reached = f"{len(walk.known)} of {walk.cells} cells can be reached"
    return f"the maze has no way out: {reached}, the key {key}, the exit {way}"
