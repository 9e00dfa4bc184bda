"""Compute environments and queues of the root module: every kind planned, and what is refused and why."""

from __future__ import annotations

import base64
import email
from typing import Any

import pytest

from tests.terraform.root_plans import ACCOUNTS, Plans

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("root")]

SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:registry-AbCdEf"
CLUSTER = "arn:aws:eks:us-east-1:000000000000:cluster/shared"
FOREIGN = "arn:aws:batch:us-east-1:000000000000:compute-environment/of-another-team"
COMPUTE = """{
  arm = {
    type = "SPOT", max_vcpus = 8, instance_types = ["m7g"], scratch = { kind = "none" }, tags = { team = "a" }
  }
  gpu = {
    type = "EC2", max_vcpus = 8, instance_types = ["g6"], image = "al2023_nvidia", image_pull = "always"
    registry = { secret_arn = "SECRET" }, scratch = { kind = "instance-store", mount = "/data" }
  }
  efa = {
    type = "EC2", max_vcpus = 384, instance_types = ["c7i.48xlarge"], zones = ["us-east-1b"]
    placement_group = true, efa_interfaces = 1, user_data = ["driver.sh"]
  }
  fargate = { type = "FARGATE_SPOT", max_vcpus = 8 }
  own     = { type = "UNMANAGED" }
  pods = {
    type = "EKS", max_vcpus = 8
    eks = {
      cluster_arn = "CLUSTER", namespace = "batch", subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"]
    }
  }
  attached = { type = "EC2", arn = "FOREIGN" }
}"""
EVERY_KIND = COMPUTE.replace("SECRET", SECRET).replace("CLUSTER", CLUSTER).replace("FOREIGN", FOREIGN)
QUEUES = """{
  mixed = {
    priority = 1, compute = ["own", "attached", "gpu"], cancel_runnable_after_seconds = { capacity = 600 }
  }
  pods = { priority = 1, compute = ["pods"], enabled = false }
  fair = { priority = 1, compute = ["fargate"], fair_share = { shares = { a = 0.5 } } }
}"""
ARGUMENTS = (f"-var=compute={EVERY_KIND}", f"-var=queues={QUEUES}")


@pytest.fixture(scope="module")
def every(plans: Plans) -> Plans:
    """Return plans whose project has a script of its own for instances."""
    extra = plans.project.folder / "templates" / "user-data" / "extra"
    extra.mkdir(exist_ok=True)
    (extra / "driver.sh").write_text("#!/bin/bash\nmodprobe efa\n")
    return plans


def compute(plans: Plans, key: str) -> dict[str, Any]:
    return plans.after("local", f'module.compute["{key}"].aws_batch_compute_environment.this', *ARGUMENTS)


def queue(plans: Plans, key: str) -> dict[str, Any]:
    return plans.after("local", f'module.queue["{key}"].aws_batch_job_queue.this', *ARGUMENTS)


def scripts(plans: Plans, key: str) -> dict[str, str]:
    template = plans.after("local", f'module.compute["{key}"].aws_launch_template.this[0]', *ARGUMENTS)
    message = email.message_from_bytes(base64.b64decode(template["user_data"]))
    parts = [part for part in message.walk() if not part.is_multipart()]
    return {str(part.get_filename()): str(part.get_payload()) for part in parts}


def test_every_kind_is_planned(every: Plans) -> None:
    kinds = {
        key: (found["type"], [each["type"] for each in found["compute_resources"]])
        for key in ("arm", "gpu", "efa", "fargate", "own", "pods")
        for found in [compute(every, key)]
    }
    assert kinds == {
        "arm": ("MANAGED", ["SPOT"]),
        "gpu": ("MANAGED", ["EC2"]),
        "efa": ("MANAGED", ["EC2"]),
        "fargate": ("MANAGED", ["FARGATE_SPOT"]),
        "own": ("UNMANAGED", []),
        "pods": ("MANAGED", ["EC2"]),
    }


def test_an_environment_with_an_arn_is_attached_and_not_made(every: Plans) -> None:
    assert not [address for address in every.changes("local", *ARGUMENTS) if '["attached"]' in address]
    order = queue(every, "mixed")["compute_environment_order"]
    assert [item["order"] for item in order] == [1, 2, 3]
    assert order[1]["compute_environment"] == FOREIGN


def test_queues_take_their_settings(every: Plans) -> None:
    assert [each["reason"] for each in queue(every, "mixed")["job_state_time_limit_action"]] == [
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"
    ]
    assert queue(every, "pods")["state"] == "DISABLED"
    policy = every.after("local", 'module.queue["fair"].aws_batch_scheduling_policy.this[0]', *ARGUMENTS)
    [shares] = policy["fair_share_policy"]
    assert shares["share_distribution"] == [{"share_identifier": "a", "weight_factor": 0.5}]
    assert [name for name in every.changes("local", *ARGUMENTS) if "scheduling_policy" in name] == [
        'module.queue["fair"].aws_batch_scheduling_policy.this[0]'
    ]


def test_user_data_has_the_scripts_that_an_environment_needs(every: Plans) -> None:
    assert list(scripts(every, "arm")) == ["ecs-agent.sh"]
    assert list(scripts(every, "pods")) == ["scratch.sh"]
    assert list(scripts(every, "efa")) == ["scratch.sh", "ecs-agent.sh", "driver.sh"]
    found = scripts(every, "gpu")
    assert list(found) == ["scratch.sh", "registry-login.sh", "ecs-agent.sh"]
    assert "kind='instance-store'" in found["scratch.sh"]
    assert "mount_point='/data'" in found["scratch.sh"]
    assert SECRET in found["registry-login.sh"]
    assert "setting ECS_IMAGE_PULL_BEHAVIOR 'always'" in found["ecs-agent.sh"]


def test_tags_of_an_environment_reach_its_instances_and_volumes(every: Plans) -> None:
    [resources] = compute(every, "arm")["compute_resources"]
    assert resources["tags"] == {
        "team": "a",
        "project": "batchyard",
        "environment": "local",
        "Name": "batchyard-local-arm",
    }
    template = every.after("local", 'module.compute["arm"].aws_launch_template.this[0]', *ARGUMENTS)
    assert {item["resource_type"]: item["tags"] for item in template["tag_specifications"]} == {
        "volume": resources["tags"],
        "network-interface": resources["tags"],
    }


def test_the_default_group_is_open_to_nodes_with_efa_alone(every: Plans) -> None:
    # Without groups of the environment's own, interfaces of nodes are in the VPC's default group:
    # https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html
    address = "module.network.aws_default_security_group.this"
    [rule] = every.after("local", address, *ARGUMENTS)["ingress"]
    assert (rule["self"], rule["cidr_blocks"]) == (True, [])
    assert every.after("local", address)["ingress"] == []


@pytest.mark.parametrize("environment", ACCOUNTS)
def test_nodes_of_the_hpc_environment_lie_in_one_zone(plans: Plans, environment: str) -> None:
    changes = plans.changes(environment)
    assert changes['module.compute["hpc"].aws_placement_group.this[0]']["after"]["strategy"] == "cluster"
    found = changes['module.compute["hpc"].aws_batch_compute_environment.this']["after"]
    [resources] = found["compute_resources"]
    assert resources["type"] == "EC2", "Batch runs no multi-node jobs on Spot"


@pytest.mark.parametrize(
    ("compute_data", "queues", "messages"),
    [
        (
            """{
              a = { max_vcpus = 1, zones = ["us-east-1c"], image_pull = "never", reserved_memory_mib = -1 }
              b = { max_vcpus = 1, user_data = ["gone.sh"], scratch = { mount = "scratch" } }
              c = { arn = "spot" }
              D = { max_vcpus = 1, type = "SPOTTY" }
            }""",
            "{}",
            [
                "keys of compute are at most 20 lower-case letters",
                "type of a compute environment is EC2, SPOT, FARGATE, FARGATE_SPOT, EKS or UNMANAGED",
                "zones of a compute environment name zones of network.zones that have a private range",
                "known are us-east-1a, us-east-1b",
                "image_pull of a compute environment is default, always, once or prefer-cached",
                "reserved_memory_mib of a compute environment is a whole number of MiB",
                "scratch.mount of a compute environment is an absolute path",
                "user_data of a compute environment names files of templates/user-data/extra",
                "arn of a compute environment is the ARN of one that is made elsewhere",
            ],
        ),
        (
            """{
              one  = { max_vcpus = 1, placement_group = true, zones = ["us-east-1b"] }
              wide = { max_vcpus = 1, placement_group = true }
              none = { max_vcpus = 1, placement_group = true, zones = [] }
            }""",
            "{}",
            [
                "placement_group of a compute environment needs exactly one subnet",
                'such as zones = ["us-east-1a"], in none, wide.',
            ],
        ),
        (
            '{ arm = { max_vcpus = 1, instance_types = ["m7g"] }, x86 = { max_vcpus = 1 } }',
            '{ both = { priority = 1, compute = ["arm", "x86"] } }',
            ["compute_environment_architectures is all x86_64 or all arm64"],
        ),
        (
            '{ spot = { max_vcpus = 1 }, fargate = { type = "FARGATE", max_vcpus = 1 } }',
            '{ both = { priority = 1, compute = ["spot", "fargate"] } }',
            ["compute_environment_types is all on instances (EC2, SPOT, UNMANAGED), all on Fargate"],
        ),
    ],
    ids=["values", "zones", "architectures", "platforms"],
)
def test_bad_data_is_refused_with_what_to_set(
    plans: Plans, compute_data: str, queues: str, messages: list[str]
) -> None:
    text = plans.refused("local", f"-var=compute={compute_data}", f"-var=queues={queues}")
    assert [message for message in messages if message not in text] == []


def _closed(*endpoints: str) -> str:
    names = ", ".join(f'"{name}"' for name in endpoints)
    zones = 'zones = { "eu-west-1a" = { private = "10.30.32.0/20" } }'
    return f'-var=network={{ cidr = "10.30.0.0/16", {zones}, interface_endpoints = [{names}] }}'


_ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "ecs", "ecs-agent", "ecs-telemetry", "secretsmanager")
_BEHIND = """-var=compute={
  spot = { max_vcpus = 1, registry = { secret_arn = "SECRET" } }
  fargate = { type = "FARGATE", max_vcpus = 1 }
}""".replace("SECRET", SECRET)
_QUEUES = '-var=queues={ low = { priority = 1, compute = ["spot"] } }'


def test_a_closed_network_without_endpoints_is_refused(plans: Plans) -> None:
    # https://docs.aws.amazon.com/batch/latest/userguide/vpc-endpoint-considerations.html
    text = plans.refused("dev", _closed(*_ENDPOINTS[:-1]), _BEHIND, _QUEUES)
    assert "compute in a network without NAT gateway needs network.interface_endpoints ecr.api" in text
    assert "every job stays RUNNABLE: add what is missing, or set network.nat to single" in text


def test_a_closed_network_with_its_endpoints_is_planned(plans: Plans) -> None:
    assert plans.changes("dev", _closed(*_ENDPOINTS), _BEHIND, _QUEUES)
