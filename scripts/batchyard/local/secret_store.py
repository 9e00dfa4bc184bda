"""Secrets of containers, read in this process from the emulator's Secrets Manager and Parameter Store.

What a role may read is asked here, on the very secret: permissions on one are the point of an execution role.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import uuid4

from batchyard.local import identity, ministack
from batchyard.local.batch.host import Scope, SecretError

T = TypeVar("T")
# Says why a role may not do something with a resource, or None: (action, resource ARN).
Refusal = Callable[[str, str], str | None]
_SECONDS = 30.0
# In the service's words: https://repost.aws/knowledge-center/ecs-unable-to-pull-secrets
_NO_ANSWER = (
    "RequestCanceled: request context canceled caused by: context deadline exceeded. "
    "Please check your task network configuration."
)


def read(scope: Scope, role_arn: str, session_name: str, ask: Callable[[Scope, Refusal], T]) -> T:
    """Ask on the emulator's event loop, which its tables belong to, and wait for the answer.

    Args:
        scope: account and region to read in.
        role_arn: who reads.
        session_name: of the role's session, for messages.
        ask: what to do there.

    Raises:
        SecretError: the role may not, there is no such secret, or the emulator does not answer.
    """

    def refusal(action: str, resource: str) -> str | None:
        return identity.refusal(scope, role_arn, action, resource, session_name)

    async def act() -> T:
        return ministack.within(scope, lambda: ask(scope, refusal))

    asking = act()
    try:
        answer = asyncio.run_coroutine_threadsafe(asking, ministack.get("app", "_MAIN_LOOP"))
    except RuntimeError as problem:  # a closed loop: the server is going down
        asking.close()
        raise SecretError(_NO_ANSWER) from problem
    try:
        return answer.result(_SECONDS)
    except TimeoutError as problem:
        answer.cancel()
        raise SecretError(_NO_ANSWER) from problem


def secret(secret_id: str, stage: str, version: str, scope: Scope, refusal: Refusal) -> str:  # noqa: ARG001
    """Return a secret's text; `stage` and `version` may be empty. Raises SecretError."""
    asked = {"SecretId": secret_id, "VersionStage": stage, "VersionId": version}
    get = ministack.get("services.secretsmanager", "_get_secret_value")
    status, found = _answer(get({name: value for name, value in asked.items() if value}))
    if reason := refusal("secretsmanager:GetSecretValue", str(found.get("ARN", secret_id))):
        raise _failed("AccessDeniedException", reason)
    if status != 200:
        raise _failed(str(found.get("__type")), str(found.get("message", found.get("Message", ""))))
    if "SecretString" not in found:
        raise _failed("InvalidParameterException", "the secret is binary, and only text can be a variable")
    return str(found["SecretString"])


def parameters(names: Sequence[str], scope: Scope, refusal: Refusal) -> Mapping[str, str]:
    """Return decrypted values by name or ARN as given, without those not there. Raises SecretError."""
    for name in names:
        if reason := refusal("ssm:GetParameters", _arn(scope, name)):
            raise _failed("AccessDeniedException", reason)
    get = ministack.get("services.ssm", "_get_parameters")
    found: dict[str, str] = {}
    for name in names:
        _, answer = _answer(get({"Names": [name], "WithDecryption": True}))
        for each in answer["Parameters"]:
            found[name] = str(each["Value"])
    return found


def _arn(scope: Scope, name: str) -> str:
    if name.startswith("arn:"):
        return name
    return f"arn:aws:ssm:{scope.region}:{scope.account}:parameter/{name.lstrip('/')}"


def _answer(response: tuple[int, Mapping[str, str], bytes | str]) -> tuple[int, dict[str, Any]]:
    status, _, body = response
    return status, json.loads(body)


def _failed(code: str, message: str) -> SecretError:
    return SecretError(f"{code.rpartition('#')[2]}: {message} status code: 400, request id: {uuid4()}")
