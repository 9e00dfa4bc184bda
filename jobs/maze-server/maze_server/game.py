"""One walk through a maze, and what it counts; requests of several threads come one at a time."""

from __future__ import annotations

import threading
import time
from typing import Any

from maze_server.maze import STEPS, Maze


class Game:
    """Where the agent is, whether it holds the key, and whether it is out.

    Args:
        maze: what it walks through.
    """

    def __init__(self, maze: Maze) -> None:
        self._maze = maze
        self._cell = maze.start
        self._has_key = maze.start == maze.key
        self._escaped = False
        self._moves = self._bumps = self._refused = self._requests = 0
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def look(self) -> tuple[int, dict[str, Any]]:
        """Return what the agent sees: its place and the maze's size, but no walls."""
        with self._lock:
            return 200, self._seen()

    def move(self, direction: object) -> tuple[int, dict[str, Any]]:
        """Take one step, if the maze allows it.

        Args:
            direction: N, E, S or W.

        Returns:
            HTTP status and answer: 409 before a wall, 400 for what is no direction, 410 once it is out.
        """
        with self._lock:
            if not isinstance(direction, str) or direction not in STEPS:
                self._refused += 1
                return 400, {"error": f"{direction!r} is no direction: {', '.join(STEPS)}"}
            if self._escaped:
                self._refused += 1
                return 410, {"error": "the agent is out of the maze"}
            there = self._maze.beyond(self._cell, direction)
            if there is None:
                self._bumps += 1
                return 409, {"error": "wall", **self._seen()}
            self._moves += 1
            self._cell = there
            self._has_key = self._has_key or there == self._maze.key
            self._escaped = self._has_key and there == self._maze.exit
            return 200, self._seen()

    def counters(self) -> dict[str, Any]:
        """Return what was counted so far, and for how many seconds."""
        with self._lock:
            return {
                "seconds": round(time.monotonic() - self._began, 3),
                "requests": self._requests,
                "moves": self._moves,
                "bumps": self._bumps,
                "refused": self._refused,
                "hasKey": self._has_key,
                "escaped": self._escaped,
            }

    def count_request(self, *, refused: bool = False) -> None:
        """Count a request of any kind."""
        with self._lock:
            self._requests += 1
            self._refused += refused

    def _seen(self) -> dict[str, Any]:
        return {
            "width": self._maze.width,
            "height": self._maze.height,
            "position": list(self._cell),
            "isExit": self._cell == self._maze.exit,
            "hasKey": self._has_key,
            "escaped": self._escaped,
            "moves": self._moves,
        }
