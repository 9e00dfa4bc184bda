"""Edits that an argument's value does not show, or that need a second one: a block less, another body."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.terraform.replacement.edits import (
    CE,
    DEFINITION,
    OTHER_ROLE,
    QUEUE,
    VALUES,
    Arguments,
    Edit,
)


def _resources(arguments: Arguments) -> Arguments:
    [resources] = arguments["compute_resources"]
    return dict(resources) if not isinstance(resources, dict) else resources


def _unmanaged(arguments: Arguments, kind: str) -> bool | None:
    if kind == "UNMANAGED":
        return False
    arguments.pop("compute_resources")
    arguments.pop("update_policy", None)
    arguments["type"] = "UNMANAGED"
    return None


def _fixed_name(arguments: Arguments, _: str) -> None:
    arguments.pop("compute_environment_name_prefix")
    arguments["compute_environment_name"] = "fixed"


_OTHER_TYPE = {"EC2": "SPOT", "SPOT": "EC2", "FARGATE": "FARGATE_SPOT", "FARGATE_SPOT": "FARGATE"}


def _other_type(arguments: Arguments, kind: str) -> bool | None:
    resources = _resources(arguments)
    others = {
        "EC2": "SPOT",
        "SPOT": "EC2",
        "EKS": "SPOT",
        "FARGATE": "FARGATE_SPOT",
        "FARGATE_SPOT": "FARGATE",
    }
    resources["type"] = others[kind.split("/")[0]]
    if resources["type"] == "SPOT":
        resources["allocation_strategy"] = "SPOT_CAPACITY_OPTIMIZED"
        if kind != "EKS":
            resources["spot_iam_fleet_role"] = OTHER_ROLE
    elif resources["type"] == "EC2":
        resources["allocation_strategy"] = "BEST_FIT_PROGRESSIVE"
        for name in ("bid_percentage", "spot_iam_fleet_role"):
            resources.pop(name, None)
    return None


def _strategy(arguments: Arguments, kind: str) -> None:
    found = {"SPOT": "SPOT_PRICE_CAPACITY_OPTIMIZED", "SPOT/price": "SPOT_CAPACITY_OPTIMIZED"}
    found |= {"EC2/best-fit": "BEST_FIT_PROGRESSIVE", "EKS": "SPOT_CAPACITY_OPTIMIZED"}
    _resources(arguments)["allocation_strategy"] = found.get(kind, "BEST_FIT")


def _template(change: Callable[[Arguments], None]) -> Callable[[Arguments, str], None]:
    return lambda arguments, _: change(_resources(arguments))


def _by_name(resources: Arguments) -> None:
    [template] = resources["launch_template"]
    template.pop("launch_template_id")
    template["launch_template_name"] = "other"


def _order(change: Callable[[list[Arguments]], list[Arguments]]) -> Callable[[Arguments, str], None]:
    def make(arguments: Arguments, _: str) -> None:
        arguments["compute_environment_order"] = change(arguments["compute_environment_order"])

    return make


def _swapped(order: list[Arguments]) -> list[Arguments]:
    numbers = [each["order"] for each in order]
    return [{**each, "order": number} for each, number in zip(reversed(order), numbers, strict=True)]


def _policy(given: bool) -> Callable[[Arguments, str], bool | None]:
    def make(arguments: Arguments, kind: str) -> bool | None:
        if given == (kind == "fair-share"):
            return False
        if given:
            arguments["scheduling_policy_arn"] = VALUES["scheduling_policy_arn"]
        else:
            arguments.pop("scheduling_policy_arn")
        return None

    return make


def _swapped_policy(arguments: Arguments, kind: str) -> bool | None:
    if kind != "fair-share":
        return False
    arguments["scheduling_policy_arn"] = VALUES["scheduling_policy_arn"]
    return None


def _limits(change: Callable[[list[Arguments]], list[Arguments]]) -> Callable[[Arguments, str], None]:
    def make(arguments: Arguments, _: str) -> None:
        arguments["job_state_time_limit_action"] = change(arguments["job_state_time_limit_action"])

    return make


def _body(name: str, change: Callable[[Any], None]) -> Callable[[Arguments, str], bool | None]:
    def make(arguments: Arguments, _: str) -> bool | None:
        if name not in arguments:
            return False
        document = json.loads(arguments[name])
        for container in _containers(document):
            change(container)
        arguments[name] = json.dumps(document)
        return None

    return make


def _containers(document: Any) -> list[Any]:
    if "taskProperties" in document:
        return list(document["taskProperties"][0]["containers"])
    if "nodeRangeProperties" in document:
        return [nodes["container"] for nodes in document["nodeRangeProperties"]]
    return [document]


def _image(container: Any) -> None:
    container["image"] += "9"


def _spelt_out(container: Any) -> None:
    """Say what Batch answers with where nothing was said."""
    container.get("environment", []).reverse()
    for key in ("secrets", "mountPoints", "ulimits", "environment"):
        container.setdefault(key, [])


def _other_body(arguments: Arguments, _: str) -> bool | None:
    container = {"image": "align:2", "resourceRequirements": []}
    found = [name for name in ("container_properties", "ecs_properties") if name in arguments]
    if not found:
        return False
    arguments.pop(found[0])
    if found == ["container_properties"]:
        arguments["ecs_properties"] = json.dumps({"taskProperties": [{"containers": [container]}]})
    else:
        arguments["container_properties"] = json.dumps(container)
    return None


def _rules(change: Callable[[list[Arguments]], list[Arguments]]) -> Callable[[Arguments, str], None]:
    def make(arguments: Arguments, _: str) -> None:
        [strategy] = arguments["retry_strategy"]
        strategy["evaluate_on_exit"] = change(strategy["evaluate_on_exit"])

    return make


def _platform(arguments: Arguments, kind: str) -> None:
    arguments["platform_capabilities"] = ["EC2" if kind == "fargate" else "FARGATE"]


_BODIES = ("container_properties", "ecs_properties", "node_properties")
SPECIAL: Mapping[str, list[Edit]] = {
    CE: [
        Edit("`compute_environment_name` instead of a prefix", _fixed_name, ("compute_environment_name",)),
        Edit("`type` to UNMANAGED", _unmanaged, ("type",)),
        Edit(
            "`compute_resources.type` from on demand to Spot, or back",
            _other_type,
            ("compute_resources.type",),
        ),
        Edit(
            "`compute_resources.allocation_strategy`", _strategy, ("compute_resources.allocation_strategy",)
        ),
        Edit(
            "`compute_resources.launch_template.launch_template_name` instead of the id",
            _template(_by_name),
            ("compute_resources.launch_template.launch_template_name",),
        ),
        Edit(
            "`compute_resources.launch_template` removed",
            _template(lambda found: found.pop("launch_template")),
        ),
        Edit(
            "`compute_resources.ec2_configuration` with a second image type",
            _template(lambda found: found["ec2_configuration"].append({"image_type": "ECS_AL2_NVIDIA"})),
        ),
    ],
    QUEUE: [
        Edit("`compute_environment_order` swapped", _order(_swapped), ("compute_environment_order.order",)),
        Edit("`compute_environment_order` with one less", _order(lambda order: order[:1])),
        Edit("`scheduling_policy_arn` added", _policy(given=True), ("scheduling_policy_arn",)),
        Edit("`scheduling_policy_arn` to another policy", _swapped_policy),
        Edit("`scheduling_policy_arn` removed", _policy(given=False)),
        Edit(
            "`job_state_time_limit_action` with one less",
            _limits(lambda found: found[:1]),
            ("job_state_time_limit_action.action", "job_state_time_limit_action.state"),
        ),
    ],
    DEFINITION: [
        *(Edit(f"`{name}`: another image", _body(name, _image), (name,)) for name in _BODIES),
        *(
            Edit(f"`{name}`: variables in another order, empty lists spelt out", _body(name, _spelt_out))
            for name in _BODIES
        ),
        Edit("one body for another (`container_properties`, `ecs_properties`)", _other_body),
        Edit("`platform_capabilities`", _platform, ("platform_capabilities",)),
        Edit("`retry_strategy.evaluate_on_exit` with one less", _rules(lambda rules: rules[1:])),
    ],
}
