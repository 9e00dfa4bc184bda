"""What is to be run: the variables that AWS's published sample reads, and the limits that this one adds.

https://aws.amazon.com/blogs/compute/creating-a-simple-fetch-and-run-aws-batch-job/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from batchyard_job.errors import BadInputError
from batchyard_job.location import Location
from batchyard_job.variables import text, whole

MIB = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Request:
    """What to fetch and how to run it.

    Args:
        kind: script or zip.
        place: the file.
        entry: the script's name: what it is called, or which file of the archive it is.
        arguments: of the script.
        sha256: of the file; empty where it is not checked.
        most_bytes: of the file, and of all files of an archive together once unpacked.
    """

    kind: str
    place: Location
    entry: str
    arguments: tuple[str, ...]
    sha256: str
    most_bytes: int

    @classmethod
    def of(cls, argv: Sequence[str], variables: Mapping[str, str]) -> Request:
        """Read the request.

        Args:
            argv: the script's name and its arguments; those in BATCH_FILE_ARGUMENTS, a JSON list, follow.
            variables: BATCH_FILE_TYPE, BATCH_FILE_S3_URL, BATCH_FILE_BUCKETS, and optionally
                BATCH_FILE_SHA256, BATCH_FILE_ARGUMENTS and BATCH_FILE_MAX_MIB.

        Raises:
            BadInputError: a variable is missing or wrong, or the file is in a bucket that is not allowed.
        """
        kind = text(variables, "BATCH_FILE_TYPE")
        if kind != "script" and kind != "zip":
            raise BadInputError(f"BATCH_FILE_TYPE is {kind!r}; it has to be script or zip")
        if not argv or not argv[0]:
            raise BadInputError("the first argument is missing: the name of the script")
        sha256 = variables.get("BATCH_FILE_SHA256", "").lower()
        if sha256 and not _SHA256.fullmatch(sha256):
            raise BadInputError("BATCH_FILE_SHA256 is no SHA-256: 64 hexadecimal digits")
        limit = whole(variables, "BATCH_FILE_MAX_MIB", least=1, most=4096, default="64")
        return cls(
            kind,
            _allowed(text(variables, "BATCH_FILE_S3_URL"), text(variables, "BATCH_FILE_BUCKETS")),
            argv[0],
            (*argv[1:], *_listed(variables.get("BATCH_FILE_ARGUMENTS") or "[]")),
            sha256,
            limit * MIB,
        )


def _allowed(url: str, buckets: str) -> Location:
    if not url.startswith("s3://"):
        raise BadInputError(f"BATCH_FILE_S3_URL is {url!r}; it has to be s3://bucket/key")
    place = Location.parse(url, flag="BATCH_FILE_S3_URL")
    allowed = [each.strip() for each in buckets.split(",")]
    if place.bucket not in allowed:
        raise BadInputError(
            f"BATCH_FILE_S3_URL: nothing is run from the bucket {place.bucket}; BATCH_FILE_BUCKETS allows "
            f"{', '.join(allowed)}"
        )
    return place


def _listed(given: str) -> list[str]:
    try:
        found = json.loads(given)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise BadInputError('BATCH_FILE_ARGUMENTS is no JSON list of texts, such as ["-n", "5"]')
    return found
