"""Runs a tool's commands as child processes: signals, crashes and kills leave the job able to clean up."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from batchyard_job import errors
from batchyard_job.errors import JobError, ToolError, TransferError
from batchyard_job.log import Log
from batchyard_job.tool import Command, fill

BUNDLED = "@"
_CHATTER = "[M::mem_"  # BWA-MEM's nine lines for every chunk of reads
_TAIL_LINES = 5
_FULL_BELOW = 1 << 20
_STOP_SECONDS = 5
_OWN_CODES = {errors.BAD_INPUT, errors.TOOL_FAILED, errors.TRANSFER_FAILED, errors.TEMPORARY}


def run(command: Command, values: Mapping[str, str], work: Path, log: Log) -> None:
    """Run one command to its end.

    Args:
        command: what to run.
        values: placeholders.
        work: the working directory of the processes; they see relative paths only, so that no result depends
            on where it was made.
        log: gets what they print.

    Raises:
        ToolError: a process failed, or its executable is not there.
        TransferError: the disk is full.
    """
    argvs = command.argv(values)
    stdout = work / fill(command.stdout, values) if command.stdout else None
    for argv in argvs:
        _find(argv[0], work)
    log.info("running", command=" | ".join(shlex.join(argv) for argv in argvs))
    with ExitStack() as stack:
        processes, words = _start(argvs, stdout, work, stack)
        try:
            tail = _follow(words, log)
            codes = [process.wait() for process in processes]
        except BaseException:  # a signal: the tool must not outlive the job
            _stop(processes)
            raise
    _judge([argv[0] for argv in argvs], codes, tail, work)


def _find(executable: str, work: Path) -> None:
    if executable.startswith(BUNDLED):
        return
    # A path may have been written by an earlier command of the same tool.
    found = (work / executable).is_file() if "/" in executable else shutil.which(executable)
    if not found:
        raise ToolError(f"{executable} is not on the PATH: use an image that holds it, or name another tool")


def _resolved(argv: Sequence[str]) -> list[str]:
    if argv[0].startswith(BUNDLED):
        return [sys.executable, "-m", "batchyard_job.bundled", argv[0].removeprefix(BUNDLED), *argv[1:]]
    return list(argv)


def _start(
    argvs: Sequence[Sequence[str]], stdout: Path | None, work: Path, stack: ExitStack
) -> tuple[list[subprocess.Popen[bytes]], IO[bytes]]:
    read_end, write_end = os.pipe()
    words = stack.enter_context(os.fdopen(read_end, "rb"))
    sink = stack.enter_context(os.fdopen(write_end, "wb"))
    last = stack.enter_context(stdout.open("wb")) if stdout else sink
    shared = str(Path(__file__).resolve().parents[1])
    environment = {**os.environ, "TMPDIR": str(work / "tmp"), "PYTHONPATH": shared}
    processes: list[subprocess.Popen[bytes]] = []
    feed: IO[bytes] | int = subprocess.DEVNULL
    for index, argv in enumerate(argvs):
        out = last if index == len(argvs) - 1 else subprocess.PIPE
        process = subprocess.Popen(
            _resolved(argv), cwd=work, stdin=feed, stdout=out, stderr=sink, env=environment
        )
        processes.append(process)
        if not isinstance(feed, int):
            feed.close()  # the child holds its own end; ours would hide a reader that has gone
        feed = process.stdout or subprocess.DEVNULL
    sink.close()
    return processes, words


def _follow(words: IO[bytes], log: Log) -> list[str]:
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    for line in words:
        text = line.decode(errors="replace").rstrip()
        if text and not text.startswith(_CHATTER):
            tail.append(text)
            log.info(text, source="tool")
    return list(tail)


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    if (
        os.getpgrp() == os.getpid()
    ):  # the group is ours alone (a container, a Batch job): reach grandchildren too
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _judge(names: Sequence[str], codes: Sequence[int], tail: Sequence[str], work: Path) -> None:
    failed = [(name, code) for name, code in zip(names, codes, strict=True) if code]
    if not failed:
        return
    words = " | ".join(tail)
    disk_is_full = shutil.disk_usage(work).free < _FULL_BELOW
    if disk_is_full or errors.is_disk_trouble(words) or any(code == -signal.SIGXFSZ for _, code in failed):
        raise TransferError(f"the disk under the working directory is full: {words}")
    # In a pipe, the others usually die of the broken pipe that the culprit leaves.
    name, code = next((item for item in failed if item[1] != -signal.SIGPIPE), failed[0])
    if name.startswith(BUNDLED) and code in _OWN_CODES:
        own = [line.removeprefix(f"{name}: ") for line in tail if line.startswith(f"{name}: ")]
        raise JobError(own[-1] if own else words, exit_code=code)
    if code == -signal.SIGKILL:
        raise JobError(f"{name} was killed, most likely out of memory", exit_code=128 + signal.SIGKILL)
    ended = f"ended by signal {-code}" if code < 0 else f"exit code {code}"
    raise ToolError(f"{name}: {ended}: {words}")
