"""Chance that a seed decides, and that costs nothing until something asks for it."""

from __future__ import annotations

import random
from typing import Any, cast


def chance(seed: int) -> random.Random:
    """Return a source of chance that is made when it is first used: its state takes 2.5 KB."""
    return cast(random.Random, _Chance(seed))


class _Chance:
    __slots__ = ("_made", "_seed")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._made: random.Random | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of random.Random
        if self._made is None:
            self._made = random.Random(self._seed)  # noqa: S311 - it has to be repeatable
        return getattr(self._made, name)
