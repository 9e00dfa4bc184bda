"""The one place where clients are made: once per warm Lambda environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from shared.errors import RejectedError, TemporaryError

_TEMPORARY = {
    "TooManyRequestsException",
    "ThrottlingException",
    "Throttling",
    "RequestLimitExceeded",
    "ServerException",
}


@cache
def batch() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return the AWS Batch client; it retries throttling by itself before the state machine does."""
    return boto3.client("batch", config=Config(retries={"mode": "standard", "total_max_attempts": 6}))


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of AWS into the shared ones, so that a state machine can match them by name.

    Raises:
        TemporaryError: throttled, or the service was in trouble.
        RejectedError: any other answer of the service.
    """
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        kind = TemporaryError if code in _TEMPORARY else RejectedError
        raise kind(f"{error.operation_name}: {code}: {error.response['Error']['Message']}") from error
    except EndpointConnectionError as error:
        raise TemporaryError(str(error)) from error
