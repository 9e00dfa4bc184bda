"""`@samtools` and `@bcftools`: their commands as pysam carries them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from batchyard_job.errors import BadInputError, ToolError, TransferError, is_disk_trouble


def main(argv: Sequence[str]) -> None:
    """Run `@samtools COMMAND ARGUMENTS` or `@bcftools COMMAND ARGUMENTS`."""
    suite, command, *rest = argv
    # Commands that print rather than write to -o need to be told where; a path serves both kinds.
    run(suite, command, rest, stdout="/dev/stdout")


def run(suite: str, command: str, arguments: Sequence[str], *, stdout: str | None = None) -> None:
    """Run one command in this process.

    Args:
        suite: `samtools` or `bcftools`.
        command: such as `sort`.
        arguments: what follows the command.
        stdout: the file for what it prints; None where it writes to a file that its arguments name.

    Raises:
        BadInputError: there is no such command.
        TransferError: the disk is full.
        ToolError: the command failed.
    """
    from pysam.utils import SamtoolsError

    function = getattr(import_module(f"pysam.{suite}"), command, None)
    if function is None:
        raise BadInputError(f"{suite} has no command {command}")
    try:
        function(*arguments, catch_stdout=False, save_stdout=stdout)
    except SamtoolsError as error:
        words = _stderr(str(error.value))
        failure = TransferError if is_disk_trouble(words) else ToolError
        raise failure(f"{suite} {command}: {words}") from error


def _stderr(text: str) -> str:
    _, _, words = text.rpartition("stderr=")
    return " ".join(words.split()) or text
