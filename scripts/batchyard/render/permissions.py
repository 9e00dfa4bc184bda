"""Permissions of manifests, with their placeholders resolved, as statements of a role."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from batchyard.errors import ManifestError
from batchyard.manifest import Permission
from batchyard.render.deployment import Deployment

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def context(deployment: Deployment) -> dict[str, list[str]]:
    """Return what the placeholders of a workflow's permissions stand for.

    `{bucket.<key>}` is a bucket; `{queues}` are the environment's queues that the workflow's jobs could
    go to (EC2, Fargate or EKS, as theirs), `{job_definitions}` the workflow's definitions without revision,
    `{jobs}` all jobs, `{topic}` the notifications topic;
    `{partition}`, `{region}` and `{account}` help to write an ARN, `{environment}` a name.
    """
    names, environment = deployment.names, deployment.environment
    return {
        "queues": [names.queue_arn(key) for key in _queues(deployment)],
        "job_definitions": [
            names.job_definition_arn(deployment.workflow, job) for job in sorted(deployment.manifest.jobs)
        ],
        "jobs": [names.arn("batch", "job/*")],
        "topic": [names.topic_arn()],
        "region": [names.region],
        "account": [names.account],
        "environment": [names.environment],
        "partition": [names.partition],
        **{f"bucket.{key}": [names.bucket_arn(key)] for key in environment.buckets},
    }


def _queues(deployment: Deployment) -> list[str]:
    queues, behind = deployment.environment.queues, deployment.environment.behind
    own = {job.queue for job in deployment.manifest.jobs.values()} & queues.keys()
    platforms = {behind(key)[0].platform for key in own or queues}
    return sorted(key for key in queues if behind(key)[0].platform in platforms)


def resolve(
    permissions: Sequence[Permission], context: Mapping[str, Sequence[str]], where: str
) -> list[dict[str, Any]]:
    """Return policy statements.

    Args:
        permissions: as in the manifest.
        context: what each placeholder stands for; see `context`.
        where: the manifest's file and key, for messages.

    Raises:
        ManifestError: a placeholder is unknown, stands for nothing, or two statements share a sid.
    """
    sids = [permission.sid for permission in permissions]
    if len(set(sids)) < len(sids):
        raise ManifestError(
            "two permissions have one sid", where=where, fix="name each statement for what it allows"
        )
    return [
        {
            "Sid": permission.sid,
            "Effect": "Allow",
            "Action": sorted(set(permission.actions)),
            "Resource": sorted(
                {arn for text in permission.resources for arn in _expand(text, context, where)}
            ),
        }
        for permission in permissions
    ]


def _expand(text: str, context: Mapping[str, Sequence[str]], where: str) -> Iterable[str]:
    found = _PLACEHOLDER.search(text)
    if not found:
        if text != "*" and not text.startswith("arn:"):
            raise ManifestError(
                f"resource {text} is no ARN", where=where, fix="write an ARN or a placeholder"
            )
        return [text]
    key = found.group(1)
    if not context.get(key):
        near = get_close_matches(key, list(context), n=1)
        known = ", ".join(f"{{{name}}}" for name in sorted(context))
        fix = f"did you mean {{{near[0]}}}?" if near and near[0] != key else f"known: {known}"
        raise ManifestError(f"placeholder {{{key}}} stands for nothing", where=where, fix=fix)
    before, after = text[: found.start()], text[found.end() :]
    return [arn for value in context[key] for arn in _expand(f"{before}{value}{after}", context, where)]
