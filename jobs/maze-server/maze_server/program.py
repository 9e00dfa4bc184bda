"""The server container: makes the maze, publishes it, and serves it until it is stopped."""

from __future__ import annotations

import os

from batchyard_job import meeting, objects, program
from batchyard_job.attempt import Attempt
from batchyard_job.errors import Terminated
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import open_store
from batchyard_job.variables import text, whole
from maze_server.api import Server
from maze_server.game import Game
from maze_server.maze import Maze, generate

_MOST_CELLS = 200  # in a row or a column


def main() -> int:
    """Serve the maze of MAZE_SEED; its end is a signal, and a regular one."""
    return program.run(_serve, container="server")


def _serve(attempt: Attempt, log: Log) -> int:
    maze = _maze()
    folder = Location.parse(text(os.environ, "MAZE_RESULTS_S3_PATH"))
    game = Game(maze)
    with Server(meeting.port(attempt), game, meeting.job_of(attempt)) as server:
        # Published before the first answer: whoever has walked through it can rely on it.
        objects.write_json(open_store(folder), folder.child("maze.json"), maze.document())
        log.info("serving", port=server.server_port, seed=maze.seed, width=maze.width, height=maze.height)
        try:
            server.serve_forever(poll_interval=0.1)
        except Terminated:
            log.info("stopped", **game.counters())
    return 0


def _maze() -> Maze:
    size = {
        name: whole(os.environ, f"MAZE_{name.upper()}", least=2, most=_MOST_CELLS)
        for name in ("width", "height")
    }
    seed = whole(os.environ, "MAZE_SEED", least=0, most=2**53)
    collapsed = whole(os.environ, "MAZE_COLLAPSED", least=0, most=_MOST_CELLS**2, default="0")
    return generate(seed, **size, collapsed=collapsed)
