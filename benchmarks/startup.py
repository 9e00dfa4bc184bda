#!/usr/bin/env python3
"""Start-up of the command line, as a ratio to a bare interpreter; medians of runs that take turns."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 25
AIM = "<= 6"
CALLS = ("--help", "--version", "plan --help", "run start --help")
BARE = (sys.executable, "-c", "pass")
# What the installed command does, from this checkout.
COMMAND = (sys.executable, "-c", "import sys; from batchyard.__main__ import main; sys.exit(main())")


def _seconds(command: tuple[str, ...]) -> float:
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        cwd=ROOT,
        env=variables | {"PYTHONPATH": str(ROOT / "scripts")},
    )
    return time.perf_counter() - began


def run(repeats: int = REPEATS) -> dict[str, Any]:
    """Measure `batchyard --help` and the help of a verb against `python -c pass`.

    Args:
        repeats: how often each is run.

    Returns:
        figures by name, each {value, unit, aim}.
    """
    commands = {"bare": BARE} | {name: (*COMMAND, *name.split()) for name in CALLS}
    for command in commands.values():  # once unmeasured, so that compiled files and disk caches are there
        _seconds(command)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            times[name].append(_seconds(command))
    median = {name: statistics.median(values) for name, values in times.items()}
    ratios = {
        f"batchyard {name} to a bare interpreter": {
            "value": median[name] / median["bare"],
            "unit": "x",
            "aim": AIM,
        }
        for name in CALLS
    }
    return ratios | {"bare interpreter": {"value": median["bare"] * 1000, "unit": "ms", "aim": "-"}}


if __name__ == "__main__":
    for label, figure in run().items():
        print(f"{label:<44} {figure['value']:>8.2f} {figure['unit']:<4} aim {figure['aim']}")
