"""Objects in frames: bright runs of pixels that touch make one, and places link them between frames."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Any bright pixel belongs to an object; what a row holds of one is a run.
_BRIGHT = re.compile(rb"[\xc0-\xff]+")
# An object moves at most so many pixels between two frames, across or down.
_MOST_MOVE = 2.0

Run = tuple[int, int, int]  # row, first column, column after the last


@dataclass(frozen=True)
class Findings:
    """What was found in a recording.

    Args:
        frames: how many were looked at.
        detections: objects, summed over the frames.
        tracks: objects, each counted once however long it is seen.
    """

    frames: int
    detections: int
    tracks: int


def find(frames: Iterable[bytes], width: int) -> Findings:
    """Return what is in the frames.

    Args:
        frames: one byte per pixel, row by row.
        width: pixels in a row.
    """
    count = detections = tracks = 0
    before: list[tuple[float, float]] = []
    for frame in frames:
        now = [_centre(runs) for runs in objects(frame, width)]
        tracks += sum(not _is_near(place, before) for place in now)
        detections += len(now)
        count, before = count + 1, now
    return Findings(count, detections, tracks)


def objects(frame: bytes, width: int) -> list[list[Run]]:
    """Return the runs of each object of a frame."""
    done: list[list[Run]] = []
    open_: list[list[Run]] = []  # objects with a run in the row before
    for row in range(len(frame) // width):
        runs = [(row, *found.span()) for found in _BRIGHT.finditer(frame[row * width : (row + 1) * width])]
        touched: list[list[Run]] = []
        for run in runs:
            mine = [each for each in (*open_, *touched) if _touches(each, run)]
            merged = [run]
            for each in mine:
                merged = each + merged
            open_ = [each for each in open_ if each not in mine]
            touched = [each for each in touched if each not in mine] + [merged]
        done += open_
        open_ = touched
    return done + open_


def _touches(thing: list[Run], run: Run) -> bool:
    row, first, last = run
    return any(above == row - 1 and start < last and first < end for above, start, end in thing)


def _centre(runs: list[Run]) -> tuple[float, float]:
    pixels = sum(end - start for _, start, end in runs)
    across = sum((start + end - 1) / 2 * (end - start) for _, start, end in runs)
    down = sum(row * (end - start) for row, start, end in runs)
    return across / pixels, down / pixels


def _is_near(place: tuple[float, float], others: list[tuple[float, float]]) -> bool:
    return any(abs(place[0] - x) <= _MOST_MOVE and abs(place[1] - y) <= _MOST_MOVE for x, y in others)
