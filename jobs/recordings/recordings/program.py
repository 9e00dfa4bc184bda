"""The three jobs of a run: `main.py generate`, `process` (one recording) and `report`."""

from __future__ import annotations

import os
import sys

from batchyard_job import arguments, program
from batchyard_job.attempt import Attempt
from batchyard_job.errors import BadInputError
from batchyard_job.log import Log
from recordings import generate, process, report

_FLAGS = {"generate": generate.FLAGS, "process": process.FLAGS, "report": report.FLAGS}


def main() -> int:
    """Run the job that the first argument names."""
    return program.run(_run)


def _run(attempt: Attempt, log: Log) -> int:
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what not in _FLAGS:
        raise BadInputError(f"the first argument is {what!r}; it has to be one of {', '.join(_FLAGS)}")
    log.context["step"] = what
    options = arguments.parse(sys.argv[2:], required=_FLAGS[what], optional=("working_dir",))
    if what == "generate":
        generate.generate(options, attempt, log)
    elif what == "process":
        process.process(options, os.environ, attempt, log)
    else:
        report.report(options, attempt, log)
    return 0
