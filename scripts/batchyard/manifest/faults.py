"""What a model's own rule says when a manifest breaks it."""

from __future__ import annotations


class Broken(ValueError):
    """A broken rule: pydantic carries it to `checking`, which adds file and line.

    Args:
        what: the rule and what breaks it, one sentence without a full stop.
        at: the keys from the model to the value that is wrong.
        fix: what to write instead; may be empty.
    """

    def __init__(self, what: str, *, at: tuple[str | int, ...] = (), fix: str = "") -> None:
        super().__init__(what)
        self.what, self.at, self.fix = what, at, fix

    def under(self, *keys: str | int) -> Broken:
        """Return the same fault, seen from further out."""
        return Broken(self.what, at=(*keys, *self.at), fix=self.fix)
