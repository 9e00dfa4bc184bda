"""Folders of small files, copied to S3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from batchyard.aws import split_s3
from batchyard.errors import BatchyardError


def upload_folder(s3: Any, folder: Path, target: str) -> list[str]:  # noqa: ANN401
    """Copy a folder's files to S3 and return their URIs.

    Args:
        s3: the client.
        folder: where from, with all below it.
        target: the S3 URI of a folder, with or without a slash at the end.

    Raises:
        BatchyardError: the folder holds no file.
    """
    bucket, prefix = split_s3(target)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise BatchyardError(
            "the smoke data folder is empty", where=str(folder), fix="put the test's small files there"
        )
    uris = []
    for path in files:
        key = "/".join(part for part in (prefix.strip("/"), path.relative_to(folder).as_posix()) if part)
        s3.upload_file(str(path), bucket, key)
        uris.append(f"s3://{bucket}/{key}")
    return uris
