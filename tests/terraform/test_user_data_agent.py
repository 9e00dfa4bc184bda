"""The settings of the ECS agent that an instance gets, run on a model of an instance.

The names: https://github.com/aws/amazon-ecs-agent/blob/master/README.md#environment-variables
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terraform.instance import Instance

SCRIPT = "ecs-agent.sh.tftpl"
USUAL = {
    "ECS_IMAGE_PULL_BEHAVIOR": "prefer-cached",
    "ECS_ENABLE_SPOT_INSTANCE_DRAINING": "true",
    "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION": "10m",
}


def settings(machine: Instance) -> dict[str, str]:
    lines = machine.read("etc/ecs/ecs.config").splitlines()
    found = dict(line.split("=", 1) for line in lines)
    assert len(found) == len(lines), "a setting is there twice"
    return found


@pytest.mark.parametrize(
    ("values", "changed"),
    [
        ({}, {}),
        ({"pull_behavior": "always"}, {"ECS_IMAGE_PULL_BEHAVIOR": "always"}),
        ({"spot_draining": "false"}, {"ECS_ENABLE_SPOT_INSTANCE_DRAINING": "false"}),
        ({"reserved_memory_mib": "512"}, {"ECS_RESERVED_MEMORY": "512"}),
    ],
)
def test_the_agent_finds_its_settings(
    tmp_path: Path, values: dict[str, str], changed: dict[str, str]
) -> None:
    machine = Instance(tmp_path / "machine")
    assert machine.run(SCRIPT, **values) == 0
    assert settings(machine) == USUAL | changed


@pytest.mark.parametrize(
    ("nvidia", "vendor", "enabled"),
    [("true", "0x10de", True), ("true", "0x1d0f", False), ("false", "0x10de", False)],
)
def test_gpu_support_is_for_instances_with_a_gpu(
    tmp_path: Path, nvidia: str, vendor: str, enabled: bool
) -> None:
    # 0x10de is NVIDIA's PCI vendor id, 0x1d0f Amazon's: https://pci-ids.ucw.cz/
    machine = Instance(tmp_path / "machine")
    machine.write("sys/bus/pci/devices/0000:00:1e.0/vendor", vendor + "\n")
    machine.write("sys/bus/pci/devices/0000:00:05.0/vendor", "0x1d0f\n")
    assert machine.run(SCRIPT, nvidia=nvidia) == 0
    assert settings(machine).get("ECS_ENABLE_GPU_SUPPORT") == ("true" if enabled else None)


def test_what_others_wrote_stays_and_a_second_run_adds_nothing(tmp_path: Path) -> None:
    machine = Instance(tmp_path / "machine")
    machine.write("etc/ecs/ecs.config", "ECS_CLUSTER=batch-cluster\nECS_IMAGE_PULL_BEHAVIOR=once\n")
    (machine.folder / "etc/ecs/ecs.config").chmod(0o600)
    assert machine.run(SCRIPT) == machine.run(SCRIPT, pull_behavior="default") == 0
    assert settings(machine) == USUAL | {"ECS_CLUSTER": "batch-cluster", "ECS_IMAGE_PULL_BEHAVIOR": "default"}
    assert (machine.folder / "etc/ecs/ecs.config").stat().st_mode & 0o777 == 0o600
