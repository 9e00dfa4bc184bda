"""The console command: runs the command line and turns whatever happens into an exit code.

0 fine, 1 expected failure, 2 usage, 3 bug (with a traceback in a log file), 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from batchyard.cli.verbs import quick_answer
from batchyard.errors import BatchyardError

if TYPE_CHECKING:
    from batchyard.output import Output

_BUG, _INTERRUPTED = 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""

    given = sys.argv[1:] if arguments is None else list(arguments)

    def command() -> int:
        answer = quick_answer(given)  # without Typer, whose import takes several times as long as all of this
        if answer is not None:
            _output().line(answer)
            return 0
        from batchyard.cli.app import run

        return run(given)

    return guarded(command)


def guarded(command: Callable[[], int]) -> int:
    """Run a command; print whatever goes wrong, and return the exit code."""
    try:
        return command()
    except BatchyardError as error:
        _output().error(error.sentence())
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place where a bug ends
        from batchyard.cli import failures

        expected = failures.expected(error)
        if expected is not None:
            _output().error(expected.sentence())
            return expected.exit_code
        _output().error(failures.report_bug(error))
        return _BUG


def _output() -> Output:
    from batchyard.output import Output

    return Output()


if __name__ == "__main__":
    sys.exit(main())
