"""S3 as the store, with its errors told apart by what a retry would change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from batchyard_job.errors import BadInputError, JobError, TemporaryError, ToolError, TransferError
from batchyard_job.location import Location

_MISSING = {"404", "NoSuchKey", "NoSuchBucket", "NotFound"}
_DENIED = {
    "403",
    "AccessDenied",
    "AllAccessDisabled",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "Forbidden",
}
_LATER = {
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "503",
}
_LATER |= {"ExpiredToken", "RequestTimeTooSkewed"}


class S3Store:
    """Objects in S3; `AWS_ENDPOINT_URL` leads to a stand-in."""

    def __init__(self) -> None:
        # A custom endpoint has no DNS names per bucket.
        style = {"addressing_style": "path"} if os.environ.get("AWS_ENDPOINT_URL") else {}
        config = Config(retries={"mode": "standard", "max_attempts": 5}, s3=style)
        self._client: Any = boto3.client("s3", config=config)

    def exists(self, place: Location) -> bool:
        try:
            self._client.head_object(Bucket=place.bucket, Key=place.key)
        except ClientError as error:
            # Without s3:ListBucket, S3 answers 403 for what is not there: an optional object is then absent.
            if _code(error) in _MISSING | _DENIED:
                return False
            raise translate(error, "s3:GetObject", place) from error
        except BotoCoreError as error:
            raise translate(error, "s3:GetObject", place) from error
        return True

    def size(self, place: Location) -> int:
        with _translated("s3:GetObject", place):
            return int(self._client.head_object(Bucket=place.bucket, Key=place.key)["ContentLength"])

    def download(self, place: Location, to: Path) -> None:
        with _translated("s3:GetObject", place):
            self._client.download_file(place.bucket, place.key, str(to))

    def upload(self, file: Path, place: Location) -> None:
        with _translated("s3:PutObject", place), file.open("rb") as body:
            self._client.upload_fileobj(body, place.bucket, place.key)

    def copy(self, source: Location, place: Location) -> None:
        with _translated("s3:PutObject", place, source):
            self._client.copy({"Bucket": source.bucket, "Key": source.key}, place.bucket, place.key)

    def delete(self, place: Location) -> None:
        with _translated("s3:DeleteObject", place):
            self._client.delete_object(Bucket=place.bucket, Key=place.key)


def translate(error: Exception, action: str, place: Location) -> JobError:
    """Return the job error for an S3 error, naming the action and the object.

    Args:
        error: what boto3 raised.
        action: the IAM action that was being used.
        place: the object.
    """
    code = _code(error)
    if code in _MISSING:
        what = "bucket" if code == "NoSuchBucket" else "object"
        return BadInputError(f"missing {what} {place}")
    if code in _DENIED:
        hint = "the job's role has to allow it (and s3:ListBucket, or S3 says this of missing objects too)"
        return ToolError(f"access denied: {action} on {place}; {hint}")
    if isinstance(error, NoCredentialsError):
        return ToolError(f"no AWS credentials for {action} on {place}: the job needs a role")
    if code in _LATER:
        return TemporaryError(f"S3 asks to come back later ({code}): {action} on {place}")
    return TransferError(f"transfer failed: {action} on {place}: {error}")


@contextmanager
def _translated(action: str, place: Location, source: Location | None = None) -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        if source and isinstance(error, ClientError) and error.operation_name == "HeadObject":
            raise translate(error, "s3:GetObject", source) from error
        raise translate(error, action, place) from error


def _code(error: Exception) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""
