"""Fetch, check, and become the script: its exit code and the signals to it are its own from then on."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import sys
import tempfile
from pathlib import Path

from batchyard_job import program
from batchyard_job.attempt import Attempt
from batchyard_job.errors import BadInputError
from batchyard_job.log import Log
from batchyard_job.store import Store, open_store
from fetch_run.archive import unpack
from fetch_run.request import MIB, Request


def main() -> int:
    """Run what the variables name; returns only if that fails."""
    ready: list[tuple[Path, Request]] = []

    def prepare(_attempt: Attempt, log: Log) -> int:
        request = Request.of(sys.argv[1:], os.environ)
        ready.append((fetched(request, open_store(request.place), Path(tempfile.mkdtemp()), log), request))
        return 0

    code = program.run(prepare)
    if code or not ready:
        return code
    script, request = ready[0]
    return program.run(lambda _attempt, _log: _become(script, request))


def fetched(request: Request, store: Store, folder: Path, log: Log) -> Path:
    """Return the script that is to be run.

    Args:
        request: what to fetch.
        store: from where.
        folder: where to put it; it is empty.
        log: gets what was fetched.

    Raises:
        BadInputError: the file is too large, is not the one that was meant, or holds no such script.
    """
    size = store.size(request.place)
    if size > request.most_bytes:
        limit = request.most_bytes // MIB
        raise BadInputError(f"{request.place} has {size} bytes, over {limit} MiB (BATCH_FILE_MAX_MIB)")
    file = folder / "fetched"
    store.download(request.place, file)
    with file.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    if request.sha256 not in ("", digest):
        raise BadInputError(
            f"{request.place} has SHA-256 {digest}, and BATCH_FILE_SHA256 is {request.sha256}"
        )
    log.info("fetched", object=str(request.place), bytes=size, sha256=digest, type=request.kind)
    if request.kind == "script":
        return file
    content = folder / "content"
    content.mkdir()
    unpack(file, content, most_bytes=request.most_bytes)
    script = content / request.entry
    if not script.is_file() or not script.resolve().is_relative_to(content.resolve()):
        raise BadInputError(f"{request.place} holds no file {request.entry}")
    return script


def _become(script: Path, request: Request) -> int:
    script.chmod(0o700)
    if request.kind == "zip":
        os.chdir(script.parents[len(Path(request.entry).parts) - 1])
    # Scripts that ask for `env python3` get the interpreter that has this image's libraries.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    sys.stdout.flush()
    # Python ignores it, and what is ignored stays so: `yes | head` would end with an error.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execve(script, [request.entry, *request.arguments], {**os.environ, "PATH": path})  # noqa: S606
    except OSError as error:
        if error.errno in (errno.ENOEXEC, errno.ENOENT):
            first = script.read_bytes()[:80].partition(b"\n")[0].decode(errors="replace")
            raise BadInputError(
                f"{request.entry} can not be run: its first line is {first!r}, and it has to name an "
                "interpreter that this image has, as in #!/bin/sh"
            ) from error
        raise
