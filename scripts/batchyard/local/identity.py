"""Who calls: temporary credentials of roles, and what a role may do where IAM is enforced."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from batchyard.local import ministack
from batchyard.local.batch.host import CredentialsError, Scope

_TASKS = "ecs-tasks.amazonaws.com"


def install() -> None:
    """Take the environment's own connections as encrypted.

    They never leave this machine, and stand for connections to AWS, which are: without this, a bucket policy
    that refuses what is not would refuse every function and job.
    """

    def encrypted(original: Callable[[str, bool], None]) -> Callable[[str, bool], None]:
        return lambda source_ip, _: original(source_ip, True)

    ministack.wrap("app", "pin_request_origin", encrypted)


def job_credentials(scope: Scope, role_arn: str, session_name: str) -> Mapping[str, str]:
    """Return the credentials of a job's role.

    Without enforcement they are the account's own. With it they are the role's, or none without a role.

    Args:
        scope: the job's account and region.
        role_arn: the job role; may be empty.
        session_name: name of the session, for messages.

    Raises:
        CredentialsError: IAM is enforced, and the role does not exist or does not trust ECS tasks.
    """
    if not ministack.enforcing():
        return _variables(scope.account, "local", "")
    if not role_arn:
        return {}
    role = _role(scope, role_arn)
    if role is None:
        raise CredentialsError(f"ECS was unable to assume the role '{role_arn}': the role does not exist")
    if not trusts(role.get("AssumeRolePolicyDocument", {}), _TASKS):
        raise CredentialsError(
            f"ECS was unable to assume the role '{role_arn}' that was provided for this task. Please verify "
            f"that the role being passed has the proper trust relationship and permissions ({_TASKS})"
        )
    return session(scope, role_arn, session_name)


def session(scope: Scope, role_arn: str, session_name: str) -> dict[str, str]:
    """Register a session of a role and return its credentials: one per role, the same after a restart."""
    role = role_arn.rsplit("/", 1)[-1]
    digest = hashlib.sha256(f"{scope.account} {role_arn}".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{part} {digest}".encode()).hexdigest() for part in ("secret", "token"))
    key = f"ASIA{digest[:16].upper()}"
    ministack.get("services.sts", "register_session")(
        key,
        {
            "Arn": f"arn:aws:sts::{scope.account}:assumed-role/{role}/{session_name[:64]}",
            "UserId": f"{role}:{session_name[:64]}",
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    return _variables(key, secret, token)


def refusal(scope: Scope, role_arn: str, action: str, resource: str) -> str | None:
    """Return why a role may not do something, or None where it may or where nothing is enforced."""
    if not ministack.enforcing():
        return None
    key = session(scope, role_arn, "states")["AWS_ACCESS_KEY_ID"]
    principal = ministack.get("core.iam_evaluator", "resolve_principal")(key, scope.account)
    context = ministack.get("core.iam_evaluator", "EvalContext")(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=scope.account,
        action=action,
        resource_arn=resource,
        region=scope.region,
        principal_keys=principal.keys,
    )
    decision = ministack.get("core.iam_evaluator", "evaluate")(
        context, principal.policies, *principal.limits
    ).decision
    if decision == "Allow":
        return None
    return f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource}"


def trusts(document: str | Mapping[str, Any], service: str) -> bool:
    """Say whether a trust policy lets a service assume its role."""
    policy = json.loads(document) if isinstance(document, str) else document
    statements = policy.get("Statement", [])
    found = [statements] if isinstance(statements, Mapping) else statements
    return any(statement.get("Effect") == "Allow" and service in _services(statement) for statement in found)


def _services(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal", {})
    named = principal.get("Service", []) if isinstance(principal, Mapping) else []
    return [named] if isinstance(named, str) else list(named)


def _role(scope: Scope, role_arn: str) -> Mapping[str, Any] | None:
    name = role_arn.rsplit("/", 1)[-1]
    found: Mapping[str, Any] | None = ministack.get("services.iam", "_roles").get_scoped(
        scope.account, None, name
    )
    return found


def _variables(key: str, secret: str, token: str) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
