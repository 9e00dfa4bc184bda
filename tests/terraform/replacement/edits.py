"""The edit of an argument: what it becomes, and whether a kind has it at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Arguments = dict[str, Any]
CE, QUEUE, DEFINITION = "aws_batch_compute_environment", "aws_batch_job_queue", "aws_batch_job_definition"

# Not arguments of the thing but of the provider, and an older spelling of compute_environment_order.
APART = frozenset({"id", "tags_all", "timeouts", "compute_environments"})
RESOURCES = "compute_resources"
_ON_INSTANCES = ("EC2", "SPOT", "EKS")
ROLE = "arn:aws:iam::000000000000:role"
OTHER_ROLE = f"{ROLE}/other"
# Values where a text with something behind it would be refused before it is compared.
VALUES: Mapping[str, Any] = {
    "state": "DISABLED",
    "service_role": OTHER_ROLE,
    "compute_resources.instance_role": "arn:aws:iam::000000000000:instance-profile/other",
    "compute_resources.spot_iam_fleet_role": OTHER_ROLE,
    "compute_resources.ec2_configuration.image_type": "ECS_AL2_NVIDIA",
    "compute_resources.launch_template.version": "2",
    "compute_resources.min_vcpus": 8,
    "compute_resources.desired_vcpus": 8,
    "eks_configuration.eks_cluster_arn": "arn:aws:eks:us-east-1:000000000000:cluster/other",
    "scheduling_policy_arn": "arn:aws:batch:us-east-1:000000000000:scheduling-policy/other",
    "eks_properties.pod_properties.dns_policy": "Default",
    "eks_properties.pod_properties.volumes.empty_dir.medium": "Memory",
    "eks_properties.pod_properties.containers.image_pull_policy": "Always",
    "eks_properties.pod_properties.init_containers.image_pull_policy": "Always",
    "type": "multinode",
    "retry_strategy.evaluate_on_exit.action": "exit",
    "retry_strategy.evaluate_on_exit.on_exit_code": "75",
    "retry_strategy.evaluate_on_exit.on_reason": "Other*",
    "retry_strategy.evaluate_on_exit.on_status_reason": "Other*",
    "update_policy.job_execution_timeout_minutes": 30,
    "job_state_time_limit_action.reason": "CAPACITY:OTHER",
}


@dataclass(frozen=True)
class Edit:
    """A row of a table.

    Args:
        label: the argument's path, and what happens to it where it does not only change.
        make: edits a configuration, given its kind; answers False where it does not apply.
        covers: arguments of the schema that need no row of their own beside this one.
    """

    label: str
    make: Callable[[Arguments, str], bool | None]
    covers: tuple[str, ...] = ()


def applies(resource: str, kind: str, label: str) -> bool:
    """Say whether a kind has an argument at all: AWS refuses it elsewhere, though a plan does not."""
    path, kind = label.split()[0].strip("`"), kind.split("/")[0]
    if resource != CE:
        return not (path == "platform_capabilities" and kind in {"eks", "multi-node"})
    if path.startswith("eks_configuration"):
        return kind == "EKS"
    if path in {"compute_resources.bid_percentage", "compute_resources.spot_iam_fleet_role"}:
        return kind == "SPOT"
    if path.startswith("compute_resources"):
        field = path.removeprefix("compute_resources.")
        everywhere = field in {"max_vcpus", "subnets", "security_group_ids", "type"}
        return kind in _ON_INSTANCES or (everywhere and kind != "UNMANAGED")
    return kind in _ON_INSTANCES if path.startswith("update_policy") else True


def generic(path: str, kind: Any) -> Edit:
    """Return the edit that changes an argument, or sets it where the module leaves it out.

    Args:
        path: names of blocks and of the argument, joined by dots.
        kind: its type in the schema.
    """

    def make(arguments: Arguments, _: str) -> bool | None:
        *blocks, name = path.split(".")
        places: list[Any] = [arguments]
        for block in blocks:
            places = [inner for place in places for inner in place.get(block, [])]
        if not places:
            return False
        places[0][name] = _changed(path, kind, places[0].get(name))
        return None

    return Edit(f"`{path}`", make)


def _changed(path: str, kind: Any, old: Any) -> Any:
    if path in VALUES:
        return VALUES[path]
    match kind:
        case "bool":
            return not old
        case "number":
            return (old or 0) + 1
        case ["map", _]:
            return {**(old or {}), "edited": "yes"}
        case [_, "string"]:
            return [*(old or []), "edited"]
    return f"{old or 'edited-'}x"
