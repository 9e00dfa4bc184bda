"""Finding the key and then the exit: depth first, and the shortest known way once both are known."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Cell = tuple[int, int]
Seen = Mapping[str, Any]

STEPS: dict[str, Cell] = {"N": (0, -1), "E": (1, 0), "S": (0, 1), "W": (-1, 0)}
BACK = {"N": "S", "E": "W", "S": "N", "W": "E"}


@dataclass
class Walk:
    """A walk through the maze, as far as it got.

    Args:
        look: what the agent sees at the start.
        step: takes a step in a direction and returns what the agent sees then; None before a wall.
    """

    look: Seen
    step: Callable[[str], Seen | None]
    moves: list[str] = field(default_factory=list)
    bumps: int = 0
    known: dict[Cell, dict[str, Cell]] = field(default_factory=dict)
    exit: Cell | None = None

    @property
    def cell(self) -> Cell:
        """Return where the agent is."""
        across, down = self.look["position"]
        return across, down

    @property
    def cells(self) -> int:
        """Return how many cells the maze has."""
        return int(self.look["width"]) * int(self.look["height"])

    def explore(self) -> bool:
        """Walk until the agent is out, or has seen every cell that can be reached; say whether it is out."""
        trail: list[str] = []
        self._note()
        while not self.look["escaped"]:
            if self.look["hasKey"] and self.exit is not None:
                for step in self._route(self.exit):
                    self._go(step)
                return bool(self.look["escaped"])
            if (direction := self._new_way()) is not None:
                trail.append(direction)
            elif trail:
                self._go(BACK[trail.pop()])
            else:
                return False
        return True

    def _new_way(self) -> str | None:
        """Step into a cell that was not visited yet, and return the direction; None where there is none."""
        for direction in STEPS:
            there = _next(self.cell, direction)
            if there not in self.known and self._is_inside(there):
                if self._go(direction):
                    return direction
                self.bumps += 1
        return None

    def _go(self, direction: str) -> bool:
        before, seen = self.cell, self.step(direction)
        if seen is None:
            return False
        self.look = seen
        self.moves.append(direction)
        self._note()
        self.known[before][direction] = self.cell
        self.known[self.cell][BACK[direction]] = before
        return True

    def _note(self) -> None:
        self.known.setdefault(self.cell, {})
        if self.look["isExit"]:
            self.exit = self.cell

    def _route(self, goal: Cell) -> list[str]:
        """Return the shortest way over known passages; the goal has been visited, so there is one."""
        routes: dict[Cell, list[str]] = {self.cell: []}
        waiting = deque([self.cell])
        while goal not in routes:
            here = waiting.popleft()
            for direction, there in self.known[here].items():
                if there not in routes:
                    routes[there] = [*routes[here], direction]
                    waiting.append(there)
        return routes[goal]

    def _is_inside(self, cell: Cell) -> bool:
        return 0 <= cell[0] < int(self.look["width"]) and 0 <= cell[1] < int(self.look["height"])


def _next(cell: Cell, direction: str) -> Cell:
    across, down = STEPS[direction]
    return cell[0] + across, cell[1] + down
