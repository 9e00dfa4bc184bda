"""`python -m batchyard.demo`: from nothing to an exome result, by the same commands that a person types."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("start the local environment", ("batchyard", "local", "up", "--executor", "process")),
    ("render workflows and package functions", ("batchyard", "render", "--env", "local")),
    ("lint what was rendered", ("batchyard", "lint", "--env", "local")),
    ("plan", ("batchyard", "plan", "--env", "local")),
    ("gate", ("batchyard", "gate", "--env", "local")),
    ("apply", ("batchyard", "apply", "--env", "local")),
    ("smoke tests", ("batchyard", "smoke", "--env", "local")),
    ("exome workflow on a generated sample", ("batchyard.demo.run",)),
)


def main() -> int:
    """Run the steps in order, stop at the first that fails, and print what each took."""
    argparse.ArgumentParser(prog="python -m batchyard.demo", description=__doc__).parse_args()
    began = time.monotonic()
    seconds: list[tuple[str, float]] = []
    for title, (module, *arguments) in STEPS:
        say(f"\n==> {title}: {' '.join((module, *arguments))}")
        start = time.monotonic()
        code = subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode
        seconds.append((title, time.monotonic() - start))
        if code:
            say(f"\ndemo: '{title}' failed (exit {code}); mend what it says and run make demo again")
            return code if code in (1, 2, 3, 130) else 1
    say("\nseconds per step")
    for title, took in seconds:
        say(f"  {took:6.1f}  {title}")
    say(f"  {time.monotonic() - began:6.1f}  in all\n")
    say("The local environment is still running: batchyard local status; make local-down stops it.")
    return 0


def say(text: str) -> None:
    """Print a line at once, in order with what the steps print."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main())
