"""Sizes and lengths that AWS refuses to exceed, checked before anything is sent there."""

from __future__ import annotations

from typing import Any

from batchyard.errors import ManifestError
from batchyard.render.canonical import size

# AWS Batch quotas: "Maximum size of a job definition"; Step Functions quotas: "Maximum request size".
JOB_DEFINITION_BYTES = 24 * 1024
DEFINITION_BYTES = 1024 * 1024

# API references: IAM RoleName, Lambda FunctionName, Batch jobDefinitionName, Step Functions names.
LENGTHS = {"role": 64, "function": 64, "job definition": 128, "state machine": 80, "state": 80}


def named(kind: str, name: str, where: str) -> str:
    """Return a name that AWS takes.

    Args:
        kind: one of LENGTHS.
        name: the name.
        where: the file that it comes from.

    Raises:
        ManifestError: it is too long.
    """
    if len(name) > LENGTHS[kind]:
        what = f"{kind} name {name} has {len(name)} characters, at most {LENGTHS[kind]}"
        raise ManifestError(
            what, where=where, fix="shorten the name of the workflow, job, function or environment"
        )
    return name


def fitting(kind: str, document: Any, most: int, where: str) -> None:  # noqa: ANN401 - any JSON value
    """Check the size of a document.

    Args:
        kind: what it is, for the message.
        document: JSON values.
        most: bytes.
        where: the file that it comes from.

    Raises:
        ManifestError: it is too big.
    """
    found = size(document)
    if found > most:
        raise ManifestError(
            f"{kind} has {found:,} bytes, at most {most:,}", where=where, fix="move data to S3"
        )
