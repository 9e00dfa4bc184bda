"""Mazes, walks through them, and the judge, without any network."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maze_agent.explorer import Walk
from maze_judge.replay import replay
from maze_server.game import Game
from maze_server.maze import BACK, Cell, Maze, generate

from batchyard_job.errors import BadInputError, ToolError

SIZES = st.integers(2, 12)
SEEDS = st.integers(0, 2**53)


def reachable(maze: Maze) -> set[Cell]:
    seen, waiting = {maze.start}, deque([maze.start])
    while waiting:
        here = waiting.popleft()
        for direction in maze.passages[here]:
            there = maze.beyond(here, direction)
            if there is not None and there not in seen:
                seen.add(there)
                waiting.append(there)
    return seen


def walk(maze: Maze) -> tuple[Walk, bool]:
    game = Game(maze)

    def step(direction: str) -> dict[str, Any] | None:
        status, answer = game.move(direction)
        assert status in (200, 409)
        return answer if status == 200 else None

    agent = Walk(game.look()[1], step)
    return agent, agent.explore()


@given(seed=SEEDS, width=SIZES, height=SIZES)
def test_there_is_one_way_between_any_two_cells(seed: int, width: int, height: int) -> None:
    maze = generate(seed, width, height)
    assert len(reachable(maze)) == width * height
    assert sum(len(open_) for open_ in maze.passages.values()) == 2 * (width * height - 1)
    for cell, open_ in maze.passages.items():
        for direction in open_:
            there = maze.beyond(cell, direction)
            assert there is not None
            assert maze.beyond(there, BACK[direction]) == cell
    assert len({maze.start, maze.key, maze.exit}) == 3
    assert generate(seed, width, height) == maze


@given(seed=SEEDS, width=SIZES, height=SIZES)
def test_the_agent_gets_out_and_the_judge_agrees(seed: int, width: int, height: int) -> None:
    maze = generate(seed, width, height)
    agent, escaped = walk(maze)
    assert escaped
    # Each passage twice at most, and the known way from the key to the exit.
    assert len(agent.moves) < 3 * width * height
    verdict = replay(maze.document(), {"moves": "".join(agent.moves)})
    assert (verdict["solved"], verdict["steps"]) == (True, len(agent.moves))


@settings(max_examples=60)
@given(seed=SEEDS, collapsed=st.integers(1, 60))
def test_without_a_way_out_everything_that_can_be_reached_is_seen(seed: int, collapsed: int) -> None:
    maze = generate(seed, 8, 8, collapsed=collapsed)
    agent, escaped = walk(maze)
    seen = reachable(maze)
    assert escaped == (maze.key in seen and maze.exit in seen)
    if not escaped:
        assert agent.known.keys() == seen
        assert bool(agent.look["hasKey"]) == (maze.key in seen)
        with pytest.raises(ToolError):
            replay(maze.document(), {"moves": "".join(agent.moves)})


def corridor(start: int, key: int, way_out: int) -> Maze:
    """Return a row of four cells."""
    passages = {(x, 0): frozenset(step for step, ok in (("E", x < 3), ("W", x > 0)) if ok) for x in range(4)}
    return Maze(0, 4, 1, passages, (start, 0), (key, 0), (way_out, 0))


def test_the_server_holds_to_the_walls_and_the_key() -> None:
    game = Game(corridor(1, 0, 3))
    assert game.move("N")[0] == 409
    assert game.look()[1]["position"] == [1, 0]
    assert [game.move(step)[0] for step in "EE"] == [200, 200]
    assert (game.look()[1]["isExit"], game.look()[1]["escaped"]) == (True, False)  # the key is elsewhere
    assert [game.move(step)[0] for step in "WWWEEE"] == [200] * 6
    assert game.look()[1]["escaped"] is True
    status, answer = game.move("W")
    assert (status, answer["error"]) == (410, "the agent is out of the maze")
    counted = game.counters()
    assert (counted["moves"], counted["bumps"], counted["refused"]) == (8, 1, 1)


@pytest.mark.parametrize("direction", ["X", "", None, 3, ["N"], "NE"])
def test_what_is_no_direction_is_refused(direction: object) -> None:
    game = Game(corridor(1, 0, 3))
    status, answer = game.move(direction)
    assert status == 400
    assert "N, E, S, W" in answer["error"]
    assert game.look()[1]["position"] == [1, 0]


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ("ENEE", "step 2 goes N through a wall at [2, 0]"),
        ("EE", "after 2 steps the agent has not been at the key, [0, 0]"),
        ("WE", "the path ends at [1, 0], and the exit is [3, 0]"),
        ("", "after 0 steps the agent has not been at the key"),
        ("W" * 3, "step 2 goes W through a wall at [0, 0]"),
    ],
)
def test_the_judge_says_what_is_wrong(moves: str, words: str) -> None:
    with pytest.raises(ToolError, match=words.replace("[", r"\[").replace("]", r"\]")):
        replay(corridor(1, 0, 3).document(), {"moves": moves})


@pytest.mark.parametrize("member", ["start", "key", "exit", "passages"])
def test_a_maze_without_its_members_is_bad_input(member: str) -> None:
    document = {**corridor(1, 0, 3).document()}
    del document[member]
    with pytest.raises(BadInputError, match=member):
        replay(document, {"moves": "W"})


def test_a_drawing_shows_start_key_and_exit() -> None:
    assert corridor(1, 0, 3).drawing() == ["+--+--+--+--+", "|K  S     E |", "+--+--+--+--+"]
