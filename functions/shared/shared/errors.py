"""Errors that tell a state machine what happened: their class names are what Catch and Retry match."""

from __future__ import annotations


class InvalidInputError(Exception):
    """The event is wrong; the same event fails again."""


class JobNotFoundError(Exception):
    """AWS Batch knows no job of that id; it forgets ended jobs after about seven days."""


class RejectedError(Exception):
    """AWS Batch understood the request and refused it; the same request fails again."""


class TemporaryError(Exception):
    """Throttled, or the service was in trouble; nothing was done, and the same request may succeed later."""
