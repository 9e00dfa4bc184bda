"""`python -m batchyard_job.bundled NAME ARGUMENTS`: what `@NAME` in a tool.yaml stands for."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from batchyard_job.bundled.parent import die_with_parent
from batchyard_job.errors import JobError, of_os_error

_MODULES = {"align": "align", "bcftools": "htslib", "bwa-index": "align", "call": "call", "md5": "md5"}
_MODULES["samtools"] = "htslib"


def main(argv: Sequence[str]) -> int:
    """Run a bundled tool and return its exit code.

    Args:
        argv: the tool's name and its arguments.
    """
    # As in any command of a pipe: when the reader goes, so do we, quietly.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    die_with_parent()
    name = argv[0]
    try:
        import_module(f"batchyard_job.bundled.{_MODULES[name]}").main(argv)
    except OSError as error:
        return _say(name, of_os_error(error))
    except JobError as error:
        return _say(name, error)
    return 0


def _say(name: str, error: JobError) -> int:
    sys.stderr.write(f"@{name}: {error}\n")
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
