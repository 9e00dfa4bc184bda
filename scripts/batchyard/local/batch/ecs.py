"""Multi-container jobs: what the service fills into ecsProperties, and what a submission overrides."""

from __future__ import annotations

import copy
from typing import Any

from batchyard.local.batch import containers
from batchyard.local.batch.errors import refused

# What DescribeJobDefinitions adds, read off what the Terraform provider takes for no difference
# (https://github.com/hashicorp/terraform-provider-aws, internal/service/batch/ecs_properties.go).
_LISTS = ("command", "dependsOn", "environment", "mountPoints", "secrets", "ulimits")


def with_defaults(given: dict[str, Any], fargate: bool) -> dict[str, Any]:
    """Return ecsProperties with the members that the service answers with."""
    result = copy.deepcopy(given)
    for task in result["taskProperties"]:
        task.setdefault("volumes", [])
        if fargate:
            task.setdefault("platformVersion", "LATEST")
        task["containers"] = [_container(each) for each in task["containers"]]
    return result


def _container(given: dict[str, Any]) -> dict[str, Any]:
    result = {key: [] for key in _LISTS} | {"essential": True} | given
    if "logConfiguration" in result:
        result["logConfiguration"] = {"secretOptions": []} | result["logConfiguration"]
    return result


def overridden(properties: dict[str, Any], override: dict[str, Any]) -> dict[str, Any]:
    """Return ecsProperties with a submission's ecsPropertiesOverride merged in, container by container.

    Raises ApiError for a container without a name or with one that the task has not, for more than one task,
    and for overrides of more than 8,192 characters.
    """
    tasks = (override or {}).get("taskProperties") or []
    if not tasks:
        return properties
    containers.check_length(override, "ecsPropertiesOverride")
    if len(tasks) > 1:
        raise refused("ecsPropertiesOverride.taskProperties can not have more than 1 element")
    result = copy.deepcopy(properties)
    task = result["taskProperties"][0]
    by_name = {each.get("name"): number for number, each in enumerate(task["containers"])}
    for change in tasks[0].get("containers") or ():
        number = by_name.get(change.get("name")) if change.get("name") else None
        if number is None:
            raise refused(
                f"ecsPropertiesOverride names the container {change.get('name')!r}, which the job definition "
                f"does not have: name one of {', '.join(sorted(filter(None, by_name)))}"
            )
        task["containers"][number] = containers.merged(task["containers"][number], change)
    return result
