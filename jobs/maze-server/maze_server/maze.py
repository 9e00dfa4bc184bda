"""Mazes from a seed: cells, passages between them, a start, a key and an exit."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

Cell = tuple[int, int]

STEPS: dict[str, Cell] = {"N": (0, -1), "E": (1, 0), "S": (0, 1), "W": (-1, 0)}
BACK = {"N": "S", "E": "W", "S": "N", "W": "E"}


@dataclass(frozen=True)
class Maze:
    """A maze; cells are (x, y), counted from the upper left.

    Args:
        seed: what it was made from.
        width: cells in a row.
        height: rows.
        passages: the directions that are open, by cell.
        start: where the agent stands at first.
        key: where the key lies.
        exit: the way out, for who holds the key.
    """

    seed: int
    width: int
    height: int
    passages: dict[Cell, frozenset[str]]
    start: Cell
    key: Cell
    exit: Cell

    def beyond(self, cell: Cell, direction: str) -> Cell | None:
        """Return the cell that a step leads to; None if a wall is in the way."""
        return _next(cell, direction) if direction in self.passages[cell] else None

    def document(self) -> dict[str, Any]:
        """Return the maze as JSON; `passages` has the open directions of every cell, row by row."""
        rows = [
            ["".join(step for step in STEPS if step in self.passages[x, y]) for x in range(self.width)]
            for y in range(self.height)
        ]
        return {
            "seed": self.seed,
            "width": self.width,
            "height": self.height,
            "start": list(self.start),
            "key": list(self.key),
            "exit": list(self.exit),
            "passages": rows,
            "drawing": self.drawing(),
        }

    def drawing(self) -> list[str]:
        """Return the maze as lines of text, with S, K and E for start, key and exit."""
        marks = {self.start: "S", self.key: "K", self.exit: "E"}
        lines = ["+" + "--+" * self.width]
        for y in range(self.height):
            cells = [
                f"{marks.get((x, y), ' ')} {' ' if 'E' in self.passages[x, y] else '|'}"
                for x in range(self.width)
            ]
            floor = ["  +" if "S" in self.passages[x, y] else "--+" for x in range(self.width)]
            lines += ["|" + "".join(cells), "+" + "".join(floor)]
        return lines


def generate(seed: int, width: int, height: int, *, collapsed: int = 0) -> Maze:
    """Return the maze of a seed: one way between any two cells, until passages collapse.

    Args:
        seed: decides everything.
        width: cells in a row, at least 2.
        height: rows, at least 2.
        collapsed: how many passages fall in afterwards, which may leave no way out.
    """
    chance = random.Random(seed)  # noqa: S311 - a game
    cells = [(x, y) for y in range(height) for x in range(width)]
    passages = _carved(chance, cells)
    start, key, way_out = chance.sample(cells, 3)
    _collapse(chance, passages, collapsed)
    frozen = {cell: frozenset(open_) for cell, open_ in passages.items()}
    return Maze(seed, width, height, frozen, start, key, way_out)


def _carved(chance: random.Random, cells: list[Cell]) -> dict[Cell, set[str]]:
    """Return passages that make all cells one tree, by a random walk that turns back at dead ends."""
    passages: dict[Cell, set[str]] = {cell: set() for cell in cells}
    trail = [cells[0]]
    visited = {cells[0]}
    while trail:
        here = trail[-1]
        ways = [s for s in STEPS if (to := _next(here, s)) in passages and to not in visited]
        if not ways:
            trail.pop()
            continue
        step = chance.choice(ways)
        there = _next(here, step)
        passages[here].add(step)
        passages[there].add(BACK[step])
        visited.add(there)
        trail.append(there)
    return passages


def _collapse(chance: random.Random, passages: dict[Cell, set[str]], count: int) -> None:
    standing = [(cell, step) for cell, steps in passages.items() for step in sorted(steps & {"E", "S"})]
    for cell, step in chance.sample(standing, min(count, len(standing))):
        passages[cell].discard(step)
        passages[_next(cell, step)].discard(BACK[step])


def _next(cell: Cell, direction: str) -> Cell:
    across, down = STEPS[direction]
    return cell[0] + across, cell[1] + down
