"""Every rule, broken in every shape, with arguments as checkov holds those of Terraform JSON and of plans."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.policies.policy_jobs import ROLE, SHAPES, Job, broken, last, right, task

from batchyard.policies.bundles import resource
from batchyard.policies.catalogue import RULES

BROKEN = [pytest.param(*case, id=f"{case[0]}-{case[1]}-{case[2]}") for case in broken()]


def wrapped(value: Any) -> Any:
    """Return arguments as checkov holds those of a plan: each a list, absent blocks an empty list."""
    if isinstance(value, dict):
        blocks = {
            name: [[]] for name in ("timeout", "retry_strategy") if name not in value and "type" in value
        }
        return {
            key: wrapped(held) if isinstance(held, list) else [wrapped(held)] for key, held in value.items()
        } | blocks
    return [wrapped(item) for item in value] if isinstance(value, list) else value


def findings(arguments: Any) -> dict[int, list[str]]:
    """Return what is wrong by rule."""
    found = {
        rule.number: rule.find(arguments) for rule in RULES if "aws_batch_job_definition" in rule.resources
    }
    return {number: said for number, said in found.items() if said}


@pytest.mark.parametrize("form", [lambda value: value, wrapped], ids=["json", "plan"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_right_definition_breaks_no_rule(shape: str, form: Any) -> None:
    arguments = form(resource(right(shape)))
    assert findings(arguments) == {}
    assert None not in [rule.find(arguments) for rule in RULES]


@pytest.mark.parametrize("form", [lambda value: value, wrapped], ids=["json", "plan"])
@pytest.mark.parametrize(("number", "shape", "said", "job"), BROKEN)
def test_a_broken_rule_is_found_and_no_other(number: int, shape: str, said: str, job: Job, form: Any) -> None:
    found = findings(form(resource(job)))
    assert list(found) == [number]
    assert said in found[number][0]


def test_the_place_of_a_finding_is_named() -> None:
    places = {"container": "the container", "ecs": "container sidecar", "eks": "container fetch"}
    places["nodes"] = "nodes 1:2, the container"
    for number, shape, _, job in broken():
        if number == 1:
            assert findings(resource(job)) == {1: [f"{places[shape]} is privileged"]}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_digest_needs_no_tag(shape: str) -> None:
    job = right(shape)
    last(job)["image"] = "registry.example.com:5000/align@sha256:" + "0" * 64
    assert findings(resource(job)) == {}


def test_one_attempt_needs_no_rule() -> None:
    assert findings(resource(right("container") | {"retry_strategy": {"attempts": 1}})) == {}


def test_an_end_by_status_reason_is_an_end() -> None:
    # https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
    rules = [{"action": "exit", "onStatusReason": "*"}]
    job = right("container") | {"retry_strategy": {"attempts": 2, "evaluateOnExit": rules}}
    assert findings(resource(job)) == {}


def test_a_timeout_below_a_minute_is_found() -> None:
    # https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
    found = findings(resource(right("container") | {"timeout_seconds": 59}))
    assert found == {3: ["the timeout of 59 s is shorter than Batch's least, 60 s"]}


@pytest.mark.parametrize("shape", ["container", "ecs"])
def test_an_execution_role_is_enough_for_fargate(shape: str) -> None:
    job = right(shape) | {"platform_capabilities": ["FARGATE"]}
    task(job)["executionRoleArn"] = ROLE
    task(job)["networkConfiguration"] = {"assignPublicIp": "DISABLED"}
    assert findings(resource(job)) == {}


def test_nodes_of_several_containers_are_looked_into() -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeRangeProperty.html
    job, ecs, eks = right("nodes"), right("ecs"), right("eks")
    last(ecs)["privileged"] = True
    last(eks)["image"] = "align"
    ranges = [{"targetNodes": "0", "ecsProperties": ecs["ecs_properties"]}]
    ranges.append({"targetNodes": "1:2", "eksProperties": eks["eks_properties"]})
    job["node_properties"]["nodeRangeProperties"] = ranges
    assert findings(resource(job)) == {
        1: ["nodes 0, container sidecar is privileged"],
        2: ["image of nodes 1:2, container fetch has no tag, which means latest: align"],
    }


@pytest.mark.parametrize(
    "arguments",
    [
        {"container_properties": ["var.container_properties"]},
        {"dynamic": [{"eks_properties": {}}], "eks_properties": [{"pod_properties": [{"containers": [{}]}]}]},
        {},
    ],
)
def test_what_only_terraform_knows_is_neither_right_nor_wrong(arguments: dict[str, Any]) -> None:
    given = arguments | {
        "timeout": [{"attempt_duration_seconds": ["var.timeout_seconds"]}],
        "retry_strategy": [{"attempts": ["var.attempts"]}],
    }
    rules = [rule for rule in RULES if "aws_batch_job_definition" in rule.resources]
    assert {rule.number: rule.find(given) for rule in rules} == {rule.number: None for rule in rules}


@pytest.mark.parametrize(
    ("mutability", "found"),
    [
        (["IMMUTABLE"], []),
        (["MUTABLE"], ["image_tag_mutability is MUTABLE"]),
        ([], ["image_tag_mutability is MUTABLE, the default"]),
        (["var.mutability"], None),
    ],
)
def test_tags_of_a_repository_are_immutable(mutability: list[str], found: list[str] | None) -> None:
    rule = next(rule for rule in RULES if "aws_ecr_repository" in rule.resources)
    assert rule.find({"image_tag_mutability": mutability}) == found


def test_numbers_are_never_used_twice() -> None:
    assert [rule.number for rule in RULES] == list(range(1, len(RULES) + 1))
