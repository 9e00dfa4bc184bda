"""Who calls: temporary credentials of roles, and what a role may do where IAM is enforced."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from batchyard.local import ministack
from batchyard.local.batch.host import CredentialsError, Scope

_TASKS = "ecs-tasks.amazonaws.com"
_STATES = "states.amazonaws.com"


def install() -> None:
    """Take the environment's own connections as encrypted.

    They never leave this machine, and stand for connections to AWS, which are: without this, a bucket policy
    that refuses what is not would refuse every function and job.
    """

    def encrypted(original: Callable[[str, bool], None]) -> Callable[[str, bool], None]:
        return lambda source_ip, _: original(source_ip, True)

    ministack.wrap("app", "pin_request_origin", encrypted)
    ministack.wrap("core.iam_actions", "access_denied_response", _naming)


def denial(service: str, action: str, principal_arn: str, resource: str, *, explicit: bool) -> str:
    """Return what a service says of a denied request: it names the resource, which the emulator leaves out.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    named = f'"{resource}"' if service == "s3" else resource
    reason = f"because no identity-based policy allows the {action} action"
    if explicit:
        reason = "with an explicit deny in an identity-based policy"
    return f"User: {principal_arn} is not authorized to perform: {action} on resource: {named} {reason}"


def _naming(original: Callable[..., Any]) -> Callable[..., Any]:
    def respond(service: str, action: str, principal_arn: str, request_id: str, **more: Any) -> Any:  # noqa: ANN401
        resource, explicit = more.get("resource_arn"), bool(more.get("explicit_deny"))
        by_resource = explicit and more.get("resource_policy_arn")
        if resource and not (by_resource or more.get("message") or more.get("error_code")):
            more["message"] = denial(service, action, principal_arn, resource, explicit=explicit)
        return original(service, action, principal_arn, request_id, **more)

    return respond


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


def acts_in(scope: Scope, role_arn: str) -> Scope:
    """Return where a role acts: in the account of its ARN if it exists there, else in the given one.

    Without enforcement roles need not exist, and made-up ones name any account.
    """
    parts = role_arn.split(":")
    home = Scope(parts[4], scope.region) if len(parts) > 4 and parts[4] else scope
    return home if _role(home, role_arn) is not None else scope


def machine_credentials(scope: Scope, role_arn: str, machine_role: str = "") -> Mapping[str, str]:
    """Return the credentials of a task's role; without enforcement they are the account's own.

    Args:
        scope: account of the role, region of the execution.
        role_arn: the state machine's role, or the one that a task's Credentials name.
        machine_role: the state machine's; empty if it is `role_arn`.

    Raises:
        CredentialsError: IAM is enforced, and the role does not exist, does not trust Step Functions, or the
            machine's may not assume it.
    """
    if not ministack.enforcing():
        return _variables(scope.account, "local", "")
    role = _role(scope, role_arn)
    if machine_role and machine_role != role_arn:
        own = acts_in(scope, machine_role)
        trusted = role is not None and _trusts_role(role.get("AssumeRolePolicyDocument", {}), machine_role)
        if not trusted or refusal(own, machine_role, "sts:AssumeRole", role_arn):
            raise CredentialsError(
                f"The role {machine_role} is not authorized to assume the task state's role, {role_arn}."
            )
        return session(scope, role_arn, "states")
    trusted = role is not None and any(
        trusts(role.get("AssumeRolePolicyDocument", {}), service)
        for service in (_STATES, f"states.{scope.region}.amazonaws.com")
    )
    if not trusted:
        raise CredentialsError(
            f"Neither the global service principal {_STATES}, nor the regional one is authorized to assume "
            f"the provided role ({role_arn})."
        )
    return session(scope, role_arn, "states")


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


def refusal(
    scope: Scope, role_arn: str, action: str, resource: str, session_name: str = "states"
) -> str | None:
    """Return why a role may not do something, or None where it may or where nothing is enforced."""
    if not ministack.enforcing():
        return None
    key = session(scope, role_arn, session_name)["AWS_ACCESS_KEY_ID"]
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
    return denial(action.partition(":")[0], action, principal.arn, resource, explicit=decision == "Deny")


def trusts(document: str | Mapping[str, Any], service: str) -> bool:
    """Say whether a trust policy lets a service assume its role."""
    policy = json.loads(document) if isinstance(document, str) else document
    statements = policy.get("Statement", [])
    found = [statements] if isinstance(statements, Mapping) else statements
    return any(statement.get("Effect") == "Allow" and service in _services(statement) for statement in found)


def _trusts_role(document: str | Mapping[str, Any], role_arn: str) -> bool:
    """Say whether a trust policy lets a role assume its own, by name, by account, or as anybody."""
    account = role_arn.split(":")[4]
    fitting = {"*", role_arn, account, f"arn:aws:iam::{account}:root"}
    policy = json.loads(document) if isinstance(document, str) else document
    statements = policy.get("Statement", [])
    for statement in [statements] if isinstance(statements, Mapping) else statements:
        principal = statement.get("Principal", {})
        named = principal.get("AWS", []) if isinstance(principal, Mapping) else principal
        if statement.get("Effect") == "Allow" and fitting & set([named] if isinstance(named, str) else named):
            return True
    return False


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
