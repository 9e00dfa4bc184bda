"""python-terraform with its gaps filled: streaming, Ctrl-C, an environment of our own, no reading of state.

Nothing else in the kit starts Terraform. Arguments never hold values of variables, so none can show up in a
process list or a message.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, cast

from python_terraform import IsFlagged, Terraform

from batchyard.errors import BatchyardError

FLAG = IsFlagged
MINIMUM = (1, 10)
_GET = "put Terraform 1.10 or newer on the PATH: https://developer.hashicorp.com/terraform/install"


def executable() -> Path:
    """Return the Terraform command.

    Raises:
        BatchyardError: there is none on the PATH.
    """
    found = shutil.which("terraform")
    if found is None:
        raise BatchyardError("the Terraform command is not installed", where="PATH", fix=_GET)
    return Path(found)


def require_minimum(version: str) -> None:
    """Refuse a Terraform that is too old for locking by lock file in S3 (1.10).

    Raises:
        BatchyardError: it is older.
    """
    if tuple(int(part) for part in version.split("-")[0].split(".")[:2]) < MINIMUM:
        raise BatchyardError(f"Terraform {version} is too old", where=str(executable()), fix=_GET)


class Command(Terraform):  # type: ignore[misc]
    """The Terraform command in one folder and one environment.

    Args:
        folder: the root module's folder.
        variables: the whole environment of the process.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self._environ = dict(variables)
        super().__init__(working_dir=str(folder), terraform_bin_path=str(executable()))

    def __getattr__(self, item: str) -> Any:  # noqa: ANN401
        """Refuse unknown names, which python-terraform would run as commands."""
        raise AttributeError(item)

    def read_state_file(self, file_path: str | None = None) -> None:
        """Do nothing: state is remote, and its secrets have no place in this process."""

    def cmd(self, cmd: str, *args: str, **options: Any) -> tuple[int, str, str]:  # noqa: ANN401
        """Run a command to its end; return exit code, standard output and standard error."""
        done = subprocess.run(
            self._argv(cmd, *args, **options),
            cwd=self.working_dir,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def stream(self, cmd: str, *args: str, on_line: Callable[[str], None], **options: Any) -> tuple[int, str]:  # noqa: ANN401
        """Run a command and hand over its standard output line by line; return exit code and standard error.

        The process has a group of its own, so that Ctrl-C reaches it once and through here only: a second
        SIGINT would make Terraform give up without writing its state. What it writes is its owner's only.

        Raises:
            KeyboardInterrupt: Ctrl-C or SIGTERM came; Terraform has finished what it had begun.
        """
        with tempfile.TemporaryFile("w+") as errors:
            process = subprocess.Popen(
                self._argv(cmd, *args, **options),
                cwd=self.working_dir,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                process_group=0,
                umask=0o077,
            )
            with process, _interrupt_once(process) as interrupted:
                for line in cast("Iterator[str]", process.stdout):
                    on_line(line)
            if interrupted.is_set():
                raise KeyboardInterrupt
            errors.seek(0)
            return process.returncode, errors.read()

    def _argv(self, cmd: str, *args: str, **options: Any) -> list[str]:  # noqa: ANN401
        return cast("list[str]", self.generate_cmd_string(cmd, *args, **options))


@contextlib.contextmanager
def _interrupt_once(process: subprocess.Popen[str]) -> Iterator[threading.Event]:
    asked = threading.Event()

    def forward(_signal: int, _frame: FrameType | None) -> None:
        if not asked.is_set() and process.poll() is None:
            process.send_signal(signal.SIGINT)
        asked.set()

    if threading.current_thread() is not threading.main_thread():  # only the main thread may set handlers
        yield asked
        return
    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def inherited() -> dict[str, str]:
    """Return the caller's environment without what would lead Terraform elsewhere."""
    return {key: value for key, value in os.environ.items() if key not in {"TF_WORKSPACE", "TF_DATA_DIR"}}
