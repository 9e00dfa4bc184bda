"""Where the output of a container goes in CloudWatch Logs."""

from __future__ import annotations

from typing import Any

from batchyard.local.batch import bodies
from batchyard.local.batch.model import JobSpec

DEFAULT_GROUP = "/aws/batch/job"


def log_options(container: dict[str, Any]) -> dict[str, str]:
    configuration = container.get("logConfiguration") or {}
    return dict(configuration.get("options") or {})


def group_name(container: dict[str, Any]) -> str | None:
    """Return the log group, or None for a log driver that does not write to CloudWatch."""
    driver = (container.get("logConfiguration") or {}).get("logDriver", "awslogs")
    return log_options(container).get("awslogs-group", DEFAULT_GROUP) if driver == "awslogs" else None


def stream_name(spec: JobSpec, container: dict[str, Any], task: str) -> str:
    """Return prefix/container/task, as ECS names streams; the prefix is the definition's name by default.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
    """
    prefix = log_options(container).get("awslogs-stream-prefix", spec.definition_name)
    return f"{prefix}/{bodies.name_of(container)}/{task}"
