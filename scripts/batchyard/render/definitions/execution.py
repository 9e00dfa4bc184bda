"""The execution role of a job: what ECS may do to start its containers, and nothing else.

https://docs.aws.amazon.com/batch/latest/userguide/execution-IAM-role.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from batchyard.manifest import Container, Job
from batchyard.render.definitions.scope import Scope

DEFAULT_GROUP = "/aws/batch/job"
# The hosts of a registry: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
_ECR = re.compile(
    r"(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.(?:aws|amazonwebservices\.com\.cn))/"
    r"([^:@]+)"
)
_PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


def is_needed(job: Job) -> bool:
    """Say whether a job needs an execution role: on Fargate, and for secrets of whatever use."""
    return job.runs_on == "fargate" or any(list(_arns(each)) for each in _containers(job))


def statements(scope: Scope) -> list[dict[str, Any]]:
    """Return the statements of a job's execution role."""
    containers = list(_containers(scope.job))
    repositories = sorted({arn for each in containers for arn in _repositories(scope, each)})
    logs = sorted({arn for each in containers for arn in _streams(scope, each)})
    groups = sorted({arn for each in containers for arn in _made_groups(scope, each)})
    arns = {scope.filled(arn) for each in containers for arn in _arns(each)}
    # What follows the secret's name in a container's ARN is a field, a stage and a version, of no rights.
    secrets = sorted({":".join(arn.split(":")[:7]) for arn in arns if arn.split(":")[2] == "secretsmanager"})
    found = [
        # Logging in has no resource: one token is for all registries that the role may pull from.
        _allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], ["*"] if repositories else []),
        _allow("PullImages", _PULL, repositories),
        _allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], logs),
        _allow("MakeLogGroups", ["logs:CreateLogGroup"], groups),
        _allow("ReadSecrets", ["secretsmanager:GetSecretValue"], secrets),
        _allow("ReadParameters", ["ssm:GetParameters"], sorted(a for a in arns if a.split(":")[2] == "ssm")),
    ]
    return [statement for statement in found if statement["Resource"]]


def _allow(sid: str, actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}


def _containers(job: Job) -> Iterator[Container]:
    return (container for _, container in job.containers if isinstance(container, Container))


def _arns(container: Container) -> Iterator[str]:
    """Yield the ARNs of secrets and parameters that a container is started with."""
    yield from container.secrets.values()
    if container.repository_credentials:
        yield container.repository_credentials
    if container.log:
        yield from container.log.secret_options.values()


def _repositories(scope: Scope, container: Container) -> Iterator[str]:
    found = _ECR.match(scope.image(container))
    if found:
        account, region, repository = found.groups()
        yield scope.deployment.names.arn("ecr", f"repository/{repository}", region=region, account=account)


def _streams(scope: Scope, container: Container) -> Iterator[str]:
    if container.log is None or container.log.driver == "awslogs":
        yield f"{_group(scope, container)}:*"


def _made_groups(scope: Scope, container: Container) -> Iterator[str]:
    # https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
    if container.log and container.log.options.get("awslogs-create-group") == "true":
        yield f"{_group(scope, container)}:*"


def _group(scope: Scope, container: Container) -> str:
    options = container.log.options if container.log else {}
    return scope.deployment.names.arn(
        "logs",
        f"log-group:{options.get('awslogs-group', DEFAULT_GROUP)}",
        region=options.get("awslogs-region"),
    )
