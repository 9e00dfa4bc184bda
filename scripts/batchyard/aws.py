"""The one place where AWS sessions and clients are made."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from batchyard.environments import Environment
from batchyard.errors import BatchyardError


def endpoint(environment: Environment) -> str | None:
    """Return the endpoint of the local environment, or None for AWS itself.

    Raises:
        BatchyardError: the environment is `local` and is not running.
    """
    if not environment.is_local:
        return os.environ.get("AWS_ENDPOINT_URL")
    from batchyard.local.control import status

    server = status()
    if server is None:
        raise BatchyardError("the local environment is not running", fix="start it: batchyard local up")
    return str(server.endpoint)


def credentials(environment: Environment) -> dict[str, str]:
    """Return the environment variables with which any AWS client reaches the environment.

    On AWS they are the caller's own, so only the region is set. Locally the access key is the account id, by
    which the emulator selects the account; there is nothing secret in them.
    """
    variables = {"AWS_REGION": environment.region, "AWS_DEFAULT_REGION": environment.region}
    url = endpoint(environment)
    if url:
        # Without the second, clients put `sync-` before the address for StartSyncExecution and TestState.
        variables |= {"AWS_ENDPOINT_URL": url, "AWS_DISABLE_HOST_PREFIX_INJECTION": "true"}
    if environment.is_local:
        variables |= {"AWS_ACCESS_KEY_ID": environment.account_id, "AWS_SECRET_ACCESS_KEY": "local"}
    return variables


def client(environment: Environment, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return a boto3 client for a service of the environment.

    Args:
        environment: where to.
        service: the service's name in boto3, such as `batch`.

    Raises:
        BatchyardError: the local environment is not running.
    """
    from botocore.config import Config

    settings: dict[str, Any] = {"retries": {"mode": "standard", "total_max_attempts": 5}}
    keys: dict[str, str] = {}
    if environment.is_local:
        # A proxy would be asked for the loopback address, which only this machine can reach.
        settings |= {"s3": {"addressing_style": "path"}, "proxies": {}}
        keys = {"aws_access_key_id": environment.account_id, "aws_secret_access_key": "local"}
    return _session(environment.region, profile=not environment.is_local).client(
        service, endpoint_url=endpoint(environment), config=Config(**settings), **keys
    )


@cache
def _session(region: str, *, profile: bool) -> Any:  # noqa: ANN401
    """Return the session of a region: it keeps the service models, which take a tenth of a second to read.

    Without `profile`, AWS_PROFILE means nothing: it may name what only other accounts' work needs.
    """
    import boto3
    from botocore.session import Session

    variables = {} if profile else {"profile": (None, None, None, None)}
    return boto3.session.Session(botocore_session=Session(variables), region_name=region)


def split_s3(uri: str) -> tuple[str, str]:
    """Return bucket and key of an S3 URI.

    Raises:
        BatchyardError: it is not one.
    """
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise BatchyardError(f"not an S3 URI: {uri}", fix="write s3://<bucket>/<key>")
    return bucket, key
