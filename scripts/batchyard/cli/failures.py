"""Errors that are no BatchyardError: AWS's and the machine's become sentences, the rest a log file."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from batchyard.errors import BatchyardError

_SIGN_IN = "sign in first: aws sso login, or set AWS_PROFILE"
_CODES = {
    "AccessDenied": "these credentials may not do that: see the IAM policy of your role",
    "AccessDeniedException": "these credentials may not do that: see the IAM policy of your role",
    "ExpiredToken": _SIGN_IN,
    "ExpiredTokenException": _SIGN_IN,
    "UnrecognizedClientException": _SIGN_IN,
    "InvalidClientTokenId": _SIGN_IN,
    "NoSuchBucket": "apply the environment first: batchyard plan, then batchyard apply",
    "ThrottlingException": "AWS asks for fewer calls: try again in a minute",
}
_MACHINE = {
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room, or ask for a larger quota",
    errno.EACCES: "give yourself the permission, or work elsewhere",
    errno.EPERM: "give yourself the permission, or work elsewhere",
    errno.EROFS: "work on a disk that can be written",
    errno.ENAMETOOLONG: "use a shorter name",
    errno.EMFILE: "raise the limit of open files: ulimit -n",
}


def expected(error: Exception) -> BatchyardError | None:
    """Return the expected failure that an error of this machine or of AWS stands for, or None for a bug."""
    if isinstance(error, OSError) and error.errno in _MACHINE:
        where = error.filename or error.filename2 or ""
        return BatchyardError(str(error.strerror), where=str(where), fix=_MACHINE[error.errno])
    return _of_aws(error)


def _of_aws(error: Exception) -> BatchyardError | None:
    library = sys.modules.get("botocore.exceptions")
    if library is None:  # nothing has called AWS
        return None
    if isinstance(error, library.ClientError):
        answer = error.response.get("Error", {})
        code = answer.get("Code", "Unknown")
        return BatchyardError(
            f"{code}: {answer.get('Message', 'no message')}",
            where=error.operation_name,
            fix=_CODES.get(code, ""),
        )
    if isinstance(error, library.NoCredentialsError | library.TokenRetrievalError | library.SSOError):
        return BatchyardError("there are no AWS credentials", fix=_SIGN_IN)
    if isinstance(error, library.HTTPClientError | library.ConnectionError):
        return BatchyardError(
            str(error), fix="is it running? batchyard local status; or is the network down?"
        )
    if isinstance(error, library.BotoCoreError):
        return BatchyardError(str(error))
    transfer = sys.modules.get("boto3.exceptions")
    if transfer is not None and isinstance(error, transfer.Boto3Error):
        return BatchyardError(str(error))
    return None


def report_bug(error: Exception) -> str:
    """Write the traceback to a log file of its owner's only, and return the line that names it."""
    moment = datetime.now(UTC)
    text = f"{moment.isoformat()}\n{sys.argv}\n{''.join(traceback.format_exception(error))}"
    path = _log_folder() / f"{moment:%Y%m%dT%H%M%S}-{os.getpid()}.log"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(text)
    return f"a bug in batchyard: {type(error).__name__}: {error}\n  the traceback is in {path}"


def _log_folder() -> Path:
    from batchyard.paths import machine_dir

    try:
        folder = machine_dir() / "log"
        folder.mkdir(parents=True, exist_ok=True)
    except (BatchyardError, OSError):
        return Path(tempfile.mkdtemp(prefix="batchyard-"))
    return folder
