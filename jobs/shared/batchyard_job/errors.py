"""Failures of a job, each with the exit code that its retry strategy reads."""

from __future__ import annotations

import errno

# Numbers of BSD's sysexits.h, which the retry strategies of the job definitions name.
BAD_INPUT = 65
TOOL_FAILED = 70
TRANSFER_FAILED = 74
TEMPORARY = 75

DISK_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_DISK_PHRASES = ("no space left on device", "disk quota exceeded", "file too large")


class JobError(Exception):
    """A failure that the job understands.

    Args:
        message: what went wrong, where, and what to do.
        exit_code: the exit code, if other than the class's own.
    """

    exit_code = TOOL_FAILED

    def __init__(self, message: str, *, exit_code: int | None = None) -> None:
        super().__init__(message)
        if exit_code is not None:
            self.exit_code = exit_code


class BadInputError(JobError):
    """Arguments or input data are wrong: another attempt would fail alike."""

    exit_code = BAD_INPUT


class ToolError(JobError):
    """The tool, or what it needs (a permission, an executable), is at fault."""


class TransferError(JobError):
    """Moving bytes failed, over the network or onto the disk."""

    exit_code = TRANSFER_FAILED


class TemporaryError(JobError):
    """A service asked to come back later."""

    exit_code = TEMPORARY


class Terminated(KeyboardInterrupt):
    """A signal asked the job to stop.

    Derives from KeyboardInterrupt, because that is what the S3 transfer manager cancels its parts on.

    Args:
        signum: the signal's number.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(f"stopped by signal {signum}")
        self.exit_code = 128 + signum


def is_disk_trouble(text: str) -> bool:
    """Say whether a tool's words mean that the disk, not the tool or its input, is at fault."""
    lowered = text.lower()
    return any(phrase in lowered for phrase in _DISK_PHRASES)


def of_os_error(error: OSError) -> JobError:
    """Return the job error for an operating system error: only disk trouble is worth a retry elsewhere."""
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in DISK_ERRNOS:
        return TransferError(
            f"the disk under the working directory is full or failing: {error.strerror}{place}"
        )
    return ToolError(f"{error.strerror or error}{place}")
