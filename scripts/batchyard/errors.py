"""The one family of errors that a user can cause; the command line maps them to exit codes."""

from __future__ import annotations


class BatchyardError(Exception):
    """An expected failure: says what went wrong, where, and what to do.

    Args:
        what: one sentence without a full stop.
        where: file, line, key, ARN or address that it is about; may be empty.
        fix: what the reader can do about it; may be empty.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """Return the message as people read it: `where: what`, then the remedy on a line of its own."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.fix}" if self.fix else head


class UsageError(BatchyardError):
    """The command was called in a way that it does not understand."""

    exit_code = 2


class ManifestError(BatchyardError):
    """A manifest, template or environment file is wrong."""


class ExecutionFailed(BatchyardError):
    """A run, a smoke test or an apply ended without success."""
