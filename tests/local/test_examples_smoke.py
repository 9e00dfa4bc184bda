"""The examples' smoke tests notice a broken system."""

from __future__ import annotations

import pytest
from tests.stack import Stack

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]


@pytest.fixture
def local(stack: Stack) -> Stack:
    if not stack.is_local:
        pytest.skip("changes the jobs' programs, which on AWS are in images")
    return stack


@pytest.mark.parametrize(
    ("workflow", "file", "sound", "broken", "words"),
    [
        (
            "maze",
            "maze-server/maze_server/maze.py",
            "if direction in self.passages[cell] else None",
            "if _next(cell, direction) in self.passages else None",
            "through a wall",
        ),
        (
            "maze",
            "maze-agent/maze_agent/program.py",
            "escaped = walk.explore()",
            "escaped = True",
            "has not been at the key",
        ),
        (
            "maze",
            "telemetry/telemetry/sampling.py",
            '"/counters"',
            '"/elsewhere"',
            "maze/telemetry.json has ",
        ),
        (
            "recordings",
            "recordings/recordings/detection.py",
            "for frame in frames:",
            "for frame in list(frames)[1:]:",
            "was found, and",
        ),
        (
            "recordings",
            "recordings/recordings/process.py",
            'variables.get("AWS_BATCH_JOB_ARRAY_INDEX", "0")',
            '"0"',
            "no result of 00001.rec, 00002.rec, 00003.rec of 4",
        ),
        (
            "mpi",
            "reduction/reduction/ring.py",
            "(a + b for a, b in",
            "(b for a, b in",
            "is the most that the method allows",
        ),
        (
            "fetch-run",
            "fetch-run/fetch_run/program.py",
            "*request.arguments",
            "*request.arguments[1:]",
            "exit code 1",
        ),
    ],
)
def test_a_broken_system_fails_its_smoke_test(
    local: Stack, workflow: str, file: str, sound: str, broken: str, words: str
) -> None:
    path = local.root / "jobs" / file
    before = path.read_text()
    assert before.count(sound) == 1
    path.write_text(before.replace(sound, broken))
    try:
        result = local.cli("smoke", "--workflow", workflow)
    finally:
        path.write_text(before)
    assert result.code == 1
    assert words in result.out + result.err
