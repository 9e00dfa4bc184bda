"""What intrinsic functions and functions of JSONata say of arguments that they do not take."""

from __future__ import annotations


class Refused(ValueError):
    """A function does not take its arguments.

    Args:
        cause: why.
        error: the name of the error, where it is not States.IntrinsicFailure.
    """

    def __init__(self, cause: str, error: str = "") -> None:
        super().__init__(cause)
        self.cause, self.error = cause, error
