"""S3 errors become the exit code that fits a retry; tests against a running S3 stand-in are end to end."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from batchyard_job.location import Location
from batchyard_job.s3 import translate

PLACE = Location.parse("s3://bucket/some/key.bam")


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "words"}}, "GetObject")


@pytest.mark.parametrize(
    ("error", "exit_code", "words"),
    [
        (client_error("404"), 65, "missing object s3://bucket/some/key.bam"),
        (client_error("NoSuchKey"), 65, "missing object s3://bucket/some/key.bam"),
        (client_error("NoSuchBucket"), 65, "missing bucket s3://bucket/some/key.bam"),
        (client_error("AccessDenied"), 70, "access denied: s3:GetObject on s3://bucket/some/key.bam"),
        (client_error("403"), 70, "s3:ListBucket"),
        (client_error("SlowDown"), 75, "come back later"),
        (client_error("ExpiredToken"), 75, "ExpiredToken"),
        (client_error("InternalError"), 74, "transfer failed"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), 74, "127.0.0.1:1"),
        (NoCredentialsError(), 70, "needs a role"),
    ],
)
def test_errors_are_told_apart_by_what_a_retry_would_change(
    error: Exception, exit_code: int, words: str
) -> None:
    failure = translate(error, "s3:GetObject", PLACE)
    assert failure.exit_code == exit_code
    assert words in str(failure)
