"""Clients of the environment's own endpoint, with the credentials of state machines' roles."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

Client = Any  # boto3 publishes no types
Connect = Callable[[str, str, Mapping[str, str]], Client]
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 60.0
# A function may run for 15 minutes (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
_FUNCTION_SECONDS = 930.0
_CONNECTIONS = 64
# boto3 asks for encoded keys, and the answer then says so.
_LISTINGS = ("ListObjects", "ListObjectsV2", "ListObjectVersions")


class Clients:
    """One client per service, region and credentials.

    Args:
        connect: makes a client from service, region and credentials.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._made: dict[tuple[str, str, str], Client] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str, keys: Mapping[str, str]) -> Client:
        """Return a client that acts with given credentials.

        Args:
            service: boto3's name.
        """
        key = service, region, keys["AWS_ACCESS_KEY_ID"]
        # Making clients is not safe in threads: https://docs.aws.amazon.com/boto3/latest/guide/clients.html
        with self._lock:
            if key not in self._made:
                self._made[key] = self._connect(service, region, keys)
            return self._made[key]


def connector(endpoint: str) -> Connect:
    """Return what makes clients of one endpoint: they try once, and wait as long as the service may take."""

    def connect(service: str, region: str, keys: Mapping[str, str]) -> Client:
        import boto3
        from botocore.config import Config
        from botocore.handlers import set_list_objects_encoding_type_url

        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_FUNCTION_SECONDS if service == "lambda" else _ANSWER_SECONDS,
            max_pool_connections=_CONNECTIONS,
            parameter_validation=False,
            inject_host_prefix=False,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path"},
        )
        client = boto3.client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=keys["AWS_SESSION_TOKEN"] or None,
            config=config,
        )
        for operation in _LISTINGS if service == "s3" else ():
            client.meta.events.unregister(
                f"before-parameter-build.s3.{operation}", set_list_objects_encoding_type_url
            )
        return client

    return connect
