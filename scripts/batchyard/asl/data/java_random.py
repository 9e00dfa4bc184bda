"""Seeded chance as the service has it."""

from __future__ import annotations

_MULTIPLIER, _INCREMENT, _MASK = 0x5DEECE66D, 0xB, (1 << 48) - 1


class JavaRandom:
    """The generator of java.util.Random, which gives `$random(42)` as 0.7275636800328681.

    Its formulas: https://docs.oracle.com/javase/8/docs/api/java/util/Random.html; that the service has it:
    https://github.com/floci-io/floci/issues/2662

    Args:
        seed: any integer; 64 bits of it count.
    """

    def __init__(self, seed: int) -> None:
        self._state = (seed ^ _MULTIPLIER) & _MASK

    def _next(self, bits: int) -> int:
        self._state = (self._state * _MULTIPLIER + _INCREMENT) & _MASK
        return self._state >> (48 - bits)

    def unit(self) -> float:
        """Return a number from 0 to below 1."""
        return float((self._next(26) << 27) + self._next(27)) / (1 << 53)

    def below(self, bound: int) -> int:
        """Return an integer from 0 to below a bound."""
        return int(self.unit() * bound)
