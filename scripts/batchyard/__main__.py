"""The console command: runs the command line and turns whatever happens into an exit code.

0 fine, 1 expected failure, 2 usage, 3 bug (with a traceback in a log file), 130 interrupted, 141 nobody reads
the output any more.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence

from batchyard.cli.verbs import quick_answer
from batchyard.errors import BatchyardError
from batchyard.output import Output, ReaderGone

_BUG, _INTERRUPTED, _NO_READER = 3, 130, 141  # the last two as shells count: 128 and the signal's number
_OBJECTS = 50_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: those of the process when None; then the process is this command's own.
    """
    if arguments is not None:
        return _run(arguments)
    # Loading modules makes many objects and hardly any garbage; looking for it takes a tenth of a short
    # command's time, most of it at the interpreter's end.
    gc.set_threshold(_OBJECTS)
    try:
        return _run(sys.argv[1:])
    finally:
        gc.freeze()


def _run(arguments: Sequence[str]) -> int:
    def command() -> int:
        answer = quick_answer(arguments)  # without Typer, whose import takes twice as long as all of this
        if answer is not None:
            Output().line(answer)
            return 0
        from batchyard.cli.app import run

        return run(arguments)

    return guarded(command)


def guarded(command: Callable[[], int]) -> int:
    """Run a command; print whatever goes wrong, and return the exit code."""
    try:
        return command()
    except BatchyardError as error:
        Output().error(error.sentence())
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except ReaderGone:
        return _NO_READER
    except Exception as error:  # noqa: BLE001 - the one place where a bug ends
        from batchyard.cli import failures

        expected = failures.expected(error)
        if expected is not None:
            Output().error(expected.sentence())
            return expected.exit_code
        Output().error(failures.report_bug(error))
        return _BUG


if __name__ == "__main__":
    sys.exit(main())
