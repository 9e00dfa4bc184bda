"""Secrets: named by ARN only, and never written in clear."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator

from batchyard import plain_secrets
from batchyard.manifest.faults import Broken

# Placeholders such as {region} and {account} may stand in an ARN. The forms that a container's secrets take:
# https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data.html
_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[^:]+:[^:]+:secret:[^:\s]+(:[^:\s]*){0,3}")
_PARAMETER = re.compile(r"arn:aws[a-z-]*:ssm:[^:]+:[^:]+:parameter/[^:\s]+")
_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}$")
_SEE = "copy it whole, as `aws secretsmanager describe-secret --secret-id <name>` shows it"
_FORMS = (
    "arn:aws:secretsmanager:{region}:{account}:secret:<name>-<six characters>, "
    "or arn:aws:ssm:{region}:{account}:parameter/<name>"
)


def check_names(key: str, names: Iterable[str]) -> None:
    """Check the names of a container's variables.

    Args:
        key: what has them, environment or secrets.
        names: of variables.

    Raises:
        Broken: a name is Batch's own, or no process could have a variable of that name.
    """
    for name in names:
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html
        if name.upper().startswith("AWS_BATCH"):
            what = "AWS Batch keeps names that start with AWS_BATCH"
            raise Broken(what, at=(key, name), fix="name it otherwise")
        # https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html
        if not name or "=" in name or "\0" in name:
            what = "a variable's name has at least one character, and none is ="
            raise Broken(what, at=(key, name), fix="write a name without =")


def _check_suffix(value: str) -> None:
    # Roles are allowed exactly this ARN, so a part of it would allow nothing:
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    if not _SUFFIX.search(value.split(":")[6]):
        raise Broken("the ARN of a secret ends with a hyphen and six characters", fix=_SEE)


def _secret_arn(value: str) -> str:
    if not _SECRET.fullmatch(value) and not _PARAMETER.fullmatch(value):
        raise Broken(
            "a secret is named by the ARN of a Secrets Manager secret or an SSM parameter", fix=_FORMS
        )
    if _SECRET.fullmatch(value):
        _check_suffix(value)
    return value


def _registry_arn(value: str) -> str:
    if not _SECRET.fullmatch(value):
        raise Broken(
            "registry credentials are named by the ARN of a Secrets Manager secret",
            fix=_FORMS.partition(",")[0],
        )
    _check_suffix(value)
    return value


SecretArn = Annotated[str, AfterValidator(_secret_arn)]
RegistryArn = Annotated[str, AfterValidator(_registry_arn)]


def check_environment(environment: Mapping[str, str]) -> None:
    """Check the variables of a container.

    Raises:
        Broken: a name is Batch's own, or a value is a secret.
    """
    check_names("environment", environment)
    for name, value in environment.items():
        at = ("environment", name)
        if plain_secrets.found(name, value):
            fix = f"write secrets: {{{name}: <ARN of a Secrets Manager secret or an SSM parameter>}}"
            raise Broken("a secret in clear: everyone who may describe jobs reads it", at=at, fix=fix)
