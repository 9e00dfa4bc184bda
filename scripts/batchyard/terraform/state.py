"""The bucket of Terraform's state; only the local environment makes its own."""

from __future__ import annotations

from batchyard.aws import client
from batchyard.environments import Environment


def ensure_local_bucket(environment: Environment) -> None:
    """Make the local environment's state bucket where it is missing; elsewhere it must exist before.

    It lies inside the local environment, so that a reset forgets state and resources together.
    """
    if not environment.is_local:
        return
    from botocore.exceptions import ClientError

    s3, bucket = client(environment, "s3"), environment.names.state_bucket()
    try:
        s3.head_bucket(Bucket=bucket)
        return
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
