"""Secrets of containers: where they are kept, and how a start fails that can not have them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html.
Values are handed on to the container and kept nowhere; nothing that is said of a failure has any of one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from batchyard.local.batch.host import CredentialsError, Host, Scope, SecretError

# In the words of RegisterTaskDefinition: https://github.com/fabfuel/ecs-deploy/issues/87
NO_ROLE = "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
# What Fargate and what the container agent of an EC2 instance say: AmazonECS's developer guide,
# resource-initialization-error.html and resource-not-found-error.html.
_FARGATE = (
    "ResourceInitializationError: unable to pull secrets or registry auth: "
    "execution resource retrieval failed: "
)
_FARGATE_MANAGER = _FARGATE + "unable to retrieve secret from asm: service call has been retried 1 time(s): "
_FARGATE_STORE = _FARGATE + "unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
_MANAGER, _REGION, _ID_PARTS = "secretsmanager", 3, 7


class Unavailable(Exception):
    """A secret that can not be had; the message is the status reason of the attempt."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a container is to be given.

    own: `valueFrom` by the name of the container's variable.
    others: each further `valueFrom` of its task: a task has all of its secrets, or never starts.
    role_arn: the execution role, which they are read with.
    """

    own: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    role_arn: str = ""
    on_fargate: bool = False


def of(
    container: Mapping[str, Any], task: Sequence[Mapping[str, Any]], role_arn: str, *, on_fargate: bool
) -> Secrets:
    """Return the secrets of a container, one of those of a task; options of log drivers are secrets too."""
    own = {each["name"]: each["valueFrom"] for each in container.get("secrets") or ()}
    of_all = [
        each["valueFrom"] for other in task for each in (*(other.get("secrets") or ()), *_of_log(other))
    ]
    return Secrets(own, tuple(dict.fromkeys(of_all)), role_arn, on_fargate)


def _of_log(container: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    return (container.get("logConfiguration") or {}).get("secretOptions") or ()


def resolve(secrets: Secrets, host: Host, scope: Scope, session_name: str) -> dict[str, str]:
    """Return the values by the names of the container's variables.

    session_name: of the execution role's session.
    Raises Unavailable, in the service's words, for whichever of the task's secrets can not be had.
    """
    wanted = dict.fromkeys((*secrets.own.values(), *secrets.others))
    if not wanted:
        return {}
    if not secrets.role_arn:
        raise Unavailable(NO_ROLE)
    reader = _Reader(host, scope, secrets.role_arn, session_name, secrets.on_fargate)
    try:
        values = {each: reader.managed(each) for each in wanted if _is_managed(each)}
        values |= reader.stored([each for each in wanted if not _is_managed(each)])
    except CredentialsError as problem:
        raise Unavailable(str(problem)) from problem
    return {name: values[source] for name, source in secrets.own.items()}


def _is_managed(source: str) -> bool:
    return source.split(":")[2:3] == [_MANAGER]


@dataclass(frozen=True, slots=True)
class _Reader:
    host: Host
    scope: Scope
    role_arn: str
    session_name: str
    on_fargate: bool

    def managed(self, source: str) -> str:
        """Return a value of Secrets Manager by its ARN, which `:json-key:stage:version` may follow."""
        parts = source.split(":")
        region, secret_id = parts[_REGION], ":".join(parts[:_ID_PARTS])
        key, stage, version = [*parts[_ID_PARTS:], "", "", ""][:3]
        prefix = f"Fetching secret data from AWS Secrets Manager in region {region}: "
        prefix = _FARGATE_MANAGER if self.on_fargate else prefix
        if len(parts) not in (_ID_PARTS, _ID_PARTS + 3):
            raise Unavailable(
                f"{prefix}unexpected ARN format with parameters when trying to retrieve ASM secret"
            )
        scope = Scope(self.scope.account, region)
        try:
            text = self.host.secret(scope, self.role_arn, self.session_name, secret_id, stage, version)
        except SecretError as problem:
            named = f"secret {secret_id}: "
            if self.on_fargate:
                named = f"failed to fetch secret {secret_id} from secrets manager: "
            raise Unavailable(f"{prefix}{named}{problem}") from problem
        if not key:
            return text
        found = _member(text, key)
        if found is None:
            raise Unavailable(f"{prefix}retrieved secret from Secrets Manager did not contain json key {key}")
        return found

    def stored(self, sources: Sequence[str]) -> dict[str, str]:
        """Return values of the Parameter Store by `valueFrom`, an ARN or a name."""
        by_region: dict[str, list[str]] = {}
        for each in sources:
            region = each.split(":")[_REGION] if each.startswith("arn:") else self.scope.region
            by_region.setdefault(region, []).append(each)
        found: dict[str, str] = {}
        for region, names in by_region.items():
            found |= self._stored_in(region, names)
        return found

    def _stored_in(self, region: str, names: Sequence[str]) -> dict[str, str]:
        prefix = f"Fetching secret data from SSM Parameter Store in {region}: "
        prefix = _FARGATE_STORE if self.on_fargate else prefix
        scope = Scope(self.scope.account, region)
        try:
            found = self.host.parameters(scope, self.role_arn, self.session_name, names)
        except SecretError as problem:
            raise Unavailable(f"{prefix}{problem}") from problem
        if missing := [each for each in names if each not in found]:
            what = "invalid ssm parameters" if self.on_fargate else "invalid parameters"
            raise Unavailable(f"{prefix}{what}: {','.join(missing)}")
        return dict(found)


def _member(text: str, key: str) -> str | None:
    """Return the text of a JSON object's member, or None where there is no such thing."""
    try:
        found = json.loads(text)
    except ValueError:
        return None  # told without its cause, which may quote the secret
    if not isinstance(found, dict) or key not in found:
        return None
    return found[key] if isinstance(found[key], str) else json.dumps(found[key])
