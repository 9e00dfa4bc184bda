"""Secrets: named by ARN only, and never written in clear."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from batchyard import plain_secrets
from batchyard.manifest.faults import Broken

# Placeholders such as {region} and {account} may stand in an ARN. The forms that a container's secrets take:
# https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data.html
_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[^:]+:[^:]+:secret:[^:\s]+(:[^:\s]*){0,3}")
_PARAMETER = re.compile(r"arn:aws[a-z-]*:ssm:[^:]+:[^:]+:parameter/[^:\s]+")
_FORMS = "arn:aws:secretsmanager:{region}:{account}:secret:<name>, or arn:aws:ssm:...:parameter/<name>"


def _secret_arn(value: str) -> str:
    if not _SECRET.fullmatch(value) and not _PARAMETER.fullmatch(value):
        raise Broken(
            "a secret is named by the ARN of a Secrets Manager secret or an SSM parameter", fix=_FORMS
        )
    return value


def _registry_arn(value: str) -> str:
    if not _SECRET.fullmatch(value):
        raise Broken(
            "registry credentials are named by the ARN of a Secrets Manager secret",
            fix=_FORMS.partition(",")[0],
        )
    return value


SecretArn = Annotated[str, AfterValidator(_secret_arn)]
RegistryArn = Annotated[str, AfterValidator(_registry_arn)]


def check_environment(environment: Mapping[str, str]) -> None:
    """Check the variables of a container.

    Raises:
        Broken: a name is Batch's own, or a value is a secret.
    """
    for name, value in environment.items():
        at = ("environment", name)
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html
        if name.upper().startswith("AWS_BATCH"):
            raise Broken("AWS Batch keeps names that start with AWS_BATCH", at=at, fix="name it otherwise")
        if plain_secrets.found(name, value):
            fix = f"write secrets: {{{name}: <ARN of a Secrets Manager secret or an SSM parameter>}}"
            raise Broken("a secret in clear: everyone who may describe jobs reads it", at=at, fix=fix)
