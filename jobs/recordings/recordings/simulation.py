"""A simulated sensor: bright objects that move over noise, and the truth about them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from recordings.recording import Header

WIDTH, HEIGHT, RATE = 96, 64, 10
# Every object keeps to a field of its own with a margin of one pixel, so that no two ever touch.
FIELD = 16
NOISE_BELOW, BRIGHT_FROM = 128, 200
_DIMMED = bytes(value * NOISE_BELOW // 256 for value in range(256))


@dataclass(frozen=True)
class Thing:
    """One object.

    Args:
        corner: x and y of its field.
        size: of its square, in pixels.
        offset: where in the field it is in frame 0.
        speed: pixels per frame, across and down; it turns back at the field's margins.
        first, last: frames in which it is seen; `last` is not among them.
    """

    corner: tuple[int, int]
    size: int
    offset: tuple[int, int]
    speed: tuple[int, int]
    first: int
    last: int

    def place(self, frame: int) -> tuple[int, int]:
        """Return x and y of its upper left corner."""
        room = FIELD - self.size - 2
        x, y = (
            corner + 1 + _bounced(offset + speed * frame, room)
            for corner, offset, speed in zip(self.corner, self.offset, self.speed, strict=True)
        )
        return x, y


def recorded_frames(chance: random.Random, seconds: int) -> int:
    """Return the length of a recording: the seconds asked for, give or take a quarter."""
    return max(2, round(seconds * RATE * chance.uniform(0.75, 1.25)))


def things(chance: random.Random, count: int) -> list[Thing]:
    """Return the objects of a recording of so many frames."""
    fields = [(x, y) for y in range(0, HEIGHT, FIELD) for x in range(0, WIDTH, FIELD)]
    made = []
    for corner in chance.sample(fields, chance.randint(3, 8)):
        size = chance.randint(3, 6)
        offset = chance.randint(0, FIELD - size - 2), chance.randint(0, FIELD - size - 2)
        speed = chance.choice((-1, 0, 1)), chance.choice((-1, 0, 1))
        first, last = chance.randint(0, count // 2), chance.randint(count // 2 + 1, count)
        made.append(Thing(corner, size, offset, speed, first, last))
    return made


def recording(seed: str, seconds: int) -> tuple[Header, list[Thing], Iterator[bytes]]:
    """Return a recording's header, the objects in it, and its frames; the same seed gives the same bytes.

    Args:
        seed: decides everything.
        seconds: how long it should be, about.
    """
    chance = random.Random(seed)  # noqa: S311 - a simulation
    header = Header(WIDTH, HEIGHT, RATE, recorded_frames(chance, seconds))
    seen = things(chance, header.frames)
    return header, seen, (_frame(chance, seen, number) for number in range(header.frames))


def _frame(chance: random.Random, seen: list[Thing], number: int) -> bytes:
    pixels = bytearray(chance.randbytes(WIDTH * HEIGHT).translate(_DIMMED))
    for thing in seen:
        if thing.first <= number < thing.last:
            x, y = thing.place(number)
            for row in range(y, y + thing.size):
                start = row * WIDTH + x
                pixels[start : start + thing.size] = bytes([chance.randint(BRIGHT_FROM, 255)] * thing.size)
    return bytes(pixels)


def _bounced(position: int, room: int) -> int:
    turned = position % (2 * room)
    return turned if turned <= room else 2 * room - turned
