"""The scratch script of new instances, run on a model of an instance (instance.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terraform.instance import EBS, STORE, Instance

SCRIPT = "scratch.sh.tftpl"
VOLUME = {"nvme1n1": EBS}
THREE = ["/dev/nvme2n1", "/dev/nvme3n1", "/dev/nvme4n1"]
CHANGES = ("mkfs.xfs", "mdadm", "mount", "poweroff")


def test_the_empty_ebs_volume_becomes_scratch(tmp_path: Path) -> None:
    machine = Instance(tmp_path / "machine", VOLUME | {"nvme2n1": STORE})
    assert machine.run(SCRIPT) == 0
    assert machine.calls(*CHANGES) == [
        "mkfs.xfs -q -L job-scratch /dev/nvme1n1",
        "mount -o noatime /dev/nvme1n1 /scratch",
    ]
    assert (machine.folder / "scratch").stat().st_mode & 0o7777 == 0o1777


@pytest.mark.parametrize(
    ("disks", "made", "mounted"),
    [
        pytest.param({}, [], "/dev/nvme1n1", id="none: the EBS volume"),
        pytest.param({"nvme2n1": STORE}, [], "/dev/nvme2n1", id="one: without RAID"),
        pytest.param(
            dict.fromkeys([name.removeprefix("/dev/") for name in THREE], STORE),
            [f"mdadm --create /dev/md0 --run --level=0 --raid-devices=3 {' '.join(THREE)}"],
            "/dev/md0",
            id="several: RAID 0 over all",
        ),
    ],
)
def test_instance_store_disks_become_scratch(
    tmp_path: Path, disks: dict[str, str], made: list[str], mounted: str
) -> None:
    machine = Instance(tmp_path / "machine", VOLUME | disks)
    assert machine.run(SCRIPT, kind="instance-store") == 0
    assert [call for call in machine.calls("mdadm") if "--create" in call] == made
    assert machine.calls("mkfs.xfs", "mount", "poweroff") == [
        f"mkfs.xfs -q -L job-scratch {mounted}",
        f"mount -o noatime {mounted} /scratch",
    ]


def test_mdadm_is_installed_where_the_image_lacks_it(tmp_path: Path) -> None:
    # The ECS-optimised image of Amazon Linux 2023 adds no mdadm: packages_al2023 of
    # https://github.com/aws/amazon-ecs-ami/blob/main/variables.pkr.hcl
    disks = {"nvme1n1": STORE, "nvme2n1": STORE}
    machine = Instance(tmp_path / "machine", disks, packages=("mdadm",))
    assert machine.run(SCRIPT, kind="instance-store") == 0
    assert machine.calls("dnf") == ["dnf install -y -q mdadm"]
    assert machine.read("mounts") == "/dev/md0 /scratch\n"


@pytest.mark.parametrize(
    ("kind", "disks"),
    [
        ("ebs", VOLUME),
        ("instance-store", {"nvme2n1": STORE}),
        ("instance-store", {"nvme2n1": STORE, "nvme3n1": STORE}),
    ],
)
def test_a_second_run_changes_nothing(tmp_path: Path, kind: str, disks: dict[str, str]) -> None:
    machine = Instance(tmp_path / "machine", disks)
    assert machine.run(SCRIPT, kind=kind) == 0
    before = [machine.read(name) for name in ("mounts", "etc/fstab", "systems/md0")]
    machine.write("calls", "")
    assert machine.run(SCRIPT, kind=kind) == 0
    assert [machine.read(name) for name in ("mounts", "etc/fstab", "systems/md0")] == before
    assert machine.calls(*CHANGES) == []


@pytest.mark.parametrize(
    ("kind", "disks"),
    [
        ("ebs", VOLUME),
        ("instance-store", {"nvme2n1": STORE}),
        ("instance-store", {"nvme2n1": STORE, "nvme3n1": STORE}),
    ],
)
def test_after_a_reboot_the_same_file_system_is_mounted_again(
    tmp_path: Path, kind: str, disks: dict[str, str]
) -> None:
    machine = Instance(tmp_path / "machine", disks)
    assert machine.run(SCRIPT, kind=kind) == 0
    mounted, table = machine.read("mounts"), machine.read("etc/fstab")
    machine.reboot()
    assert machine.run(SCRIPT, kind=kind) == 0
    assert (machine.read("mounts"), machine.read("etc/fstab")) == (mounted, table)
    assert machine.calls("mkfs.xfs") == []
    assert not any("--create" in call for call in machine.calls("mdadm"))


def test_a_reboot_mounts_scratch_before_the_agent_starts(tmp_path: Path) -> None:
    # User data scripts run once per instance; RequiresMountsFor adds Requires= and After= on the mount:
    # https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#RequiresMountsFor=
    machine = Instance(tmp_path / "machine", VOLUME)
    assert machine.run(SCRIPT) == 0
    assert machine.read("etc/fstab").splitlines() == [
        "UUID=root / xfs defaults 0 1",
        "UUID=uuid-of-nvme1n1 /scratch auto defaults,noatime,nofail 0 0",
    ]
    unit = machine.read("etc/systemd/system/ecs.service.d/scratch.conf")
    assert unit == "[Unit]\nRequiresMountsFor=/scratch\n"
    assert machine.calls("systemctl") == ["systemctl daemon-reload"]


@pytest.mark.parametrize(
    ("kind", "disks", "broken", "reason"),
    [
        ("ebs", {}, "", "no volume found after 60 s"),
        ("ebs", VOLUME, "mkfs.xfs", "no file system on /dev/nvme1n1"),
        ("ebs", VOLUME, "mount", "/dev/nvme1n1 does not mount"),
        ("instance-store", {"nvme1n1": STORE, "nvme2n1": STORE}, "mdadm", "no RAID 0 array"),
        ("ebs", VOLUME, "chmod", "failed"),
    ],
)
def test_an_instance_without_scratch_takes_no_jobs(
    tmp_path: Path, kind: str, disks: dict[str, str], broken: str, reason: str
) -> None:
    machine = Instance(tmp_path / "machine", disks)
    if broken:
        machine.breaks(broken)
    assert machine.run(SCRIPT, kind=kind) == 1
    assert machine.calls("poweroff") == ["poweroff "]
    assert reason in machine.read("console")
    assert machine.read("etc/systemd/system/ecs.service.d/scratch.conf") == ""


def test_mdadm_that_can_not_be_installed_is_told(tmp_path: Path) -> None:
    machine = Instance(tmp_path / "machine", {"nvme1n1": STORE, "nvme2n1": STORE}, missing=("mdadm",))
    assert machine.run(SCRIPT, kind="instance-store") == 1
    assert "mdadm is missing and can not be installed" in machine.read("console")
    assert (len(machine.calls("dnf")), machine.calls("poweroff")) == (3, ["poweroff "])


def test_a_disk_with_data_is_never_taken_into_an_array(tmp_path: Path) -> None:
    machine = Instance(tmp_path / "machine", {"nvme1n1": STORE, "nvme2n1": STORE})
    machine.write("systems/nvme2n1", "somebody's data\n")
    assert machine.run(SCRIPT, kind="instance-store") == 1
    assert "/dev/nvme2n1 holds data already" in machine.read("console")
    assert not any("--create" in call for call in machine.calls("mdadm"))
    assert machine.calls("mkfs.xfs", "mount") == []
