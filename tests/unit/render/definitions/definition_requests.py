"""The documented examples, a job of each kind with every key, and what registers a definition."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[4]
TEXT = (ROOT / "docs/job-definitions.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"^## ([^\n]*)\n(?:(?!^## ).)*?```yaml\n(jobs:.*?)```",
    TEXT,
    re.MULTILINE | re.DOTALL,
)
MEMBERS = {
    "container_properties": "containerProperties",
    "ecs_properties": "ecsProperties",
    "node_properties": "nodeProperties",
    "eks_properties": "eksProperties",
}
EVERYTHING = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")


def request_of(definition: dict[str, Any]) -> dict[str, Any]:
    """Return what registers a definition of a bundle."""
    present = {api: definition[ours] for ours, api in MEMBERS.items() if ours in definition}
    request = {
        "jobDefinitionName": definition["name"],
        "type": definition["type"],
        "platformCapabilities": definition["platform_capabilities"],
        "parameters": definition["parameters"],
        "retryStrategy": definition["retry_strategy"],
        "timeout": {"attemptDurationSeconds": definition["timeout_seconds"]},
        "tags": definition["tags"],
        "propagateTags": definition["propagate_tags"],
        **present,
    }
    priority = definition["scheduling_priority"]
    return request if priority is None else {**request, "schedulingPriority": priority}
