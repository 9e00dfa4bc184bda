"""The path, walked again on the maze's own passages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchyard_job.errors import BadInputError, ToolError

_STEPS = {"N": (0, -1), "E": (1, 0), "S": (0, 1), "W": (-1, 0)}


def replay(maze: Mapping[str, Any], path: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict: steps, and at which of them the key was taken and the exit reached.

    Args:
        maze: as the server published it.
        path: as the agent published it.

    Raises:
        BadInputError: a document is not what it should be.
        ToolError: the path goes through a wall, or does not lead to the key and then out.
    """
    try:
        rows, moves = maze["passages"], str(path["moves"])
        start, key, way_out = (tuple(maze[name]) for name in ("start", "key", "exit"))
        key_at = 0 if start == key else None
        across, down = start
        for number, direction in enumerate(moves, start=1):
            if direction not in rows[down][across]:
                raise ToolError(f"step {number} goes {direction} through a wall at {[across, down]}")
            across, down = across + _STEPS[direction][0], down + _STEPS[direction][1]
            key_at = number if key_at is None and (across, down) == key else key_at
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise BadInputError(f"maze.json or path.json is not what it should be: {error!r}") from error
    if key_at is None:
        raise ToolError(f"after {len(moves)} steps the agent has not been at the key, {list(key)}")
    if (across, down) != way_out:
        raise ToolError(f"the path ends at {[across, down]}, and the exit is {list(way_out)}")
    return {"seed": maze.get("seed"), "steps": len(moves), "keyAtStep": key_at, "solved": True}
