"""The scripts that new instances run, against commands that only write down how they were called."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "user-data"
# A root disk with a partition, an unformatted EBS disk, and an instance-store disk, as on Nitro instances.
COMMANDS = {
    "lsblk": """
case "$*" in
  *MODEL*) printf '%s\\n' '/dev/nvme0n1 disk Amazon Elastic Block Store' "$SCRATCH_DISK" \\
    '/dev/nvme2n1 disk Amazon EC2 NVMe Instance Storage' ;;
  *nvme0n1*) printf 'nvme0n1\\nnvme0n1p1\\n' ;;
  *) echo disk ;;
esac""",
    "blkid": 'case "$*" in *UUID*) echo 1234-abcd ;; *) exit 2 ;; esac',
    "mountpoint": "exit ${MOUNTED:-1}",
    "mkfs.xfs": "exit ${MKFS:-0}",
    "mount": "exit ${MOUNT:-0}",
    "poweroff": "",
    "sleep": "",
}


def rendered(name: str, **values: str) -> str:
    """Return a template as Terraform fills it in, for the few expressions that ours hold."""
    text = (FOLDER / name).read_text()
    for key, value in values.items():
        text = text.replace(
            f'${{replace({key}, "/dev/sd", "/dev/xvd")}}', value.replace("/dev/sd", "/dev/xvd")
        )
        text = text.replace(f"${{{key}}}", value)
    assert "${" not in text
    return text


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sh.tftpl")), ids=lambda path: path.name)
def test_script_is_valid_bash(path: Path) -> None:
    text = rendered(path.name, mount_point="/scratch", device="/dev/sdf")
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def run_scratch(folder: Path, **settings: str) -> tuple[int, list[str]]:
    """Run the scratch script and return its exit code and the commands that it called, in order."""
    tools, calls = folder / "bin", folder / "calls"
    tools.mkdir()
    for name, body in COMMANDS.items():
        (tools / name).write_text(f'#!/bin/bash\necho "{name} $*" >>{calls}\n{body}\n')
        (tools / name).chmod(0o755)
    text = rendered("scratch.sh.tftpl", mount_point=f"{folder}/scratch", device="/dev/sdf-of-a-test")
    text = text.replace("/etc/fstab", f"{folder}/fstab").replace("/dev/console", f"{folder}/console")
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "SCRATCH_DISK": "", **settings}
    done = subprocess.run(["bash"], input=text, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, calls.read_text().splitlines()


NVME = "/dev/nvme1n1 disk Amazon Elastic Block Store"


def test_the_empty_ebs_disk_becomes_scratch(tmp_path: Path) -> None:
    code, calls = run_scratch(tmp_path, SCRATCH_DISK=NVME)
    assert code == 0
    assert "mkfs.xfs -q /dev/nvme1n1" in calls
    assert f"mount -o noatime /dev/nvme1n1 {tmp_path}/scratch" in calls
    assert "poweroff " not in calls
    assert (tmp_path / "fstab").read_text().startswith(f"UUID=1234-abcd {tmp_path}/scratch xfs ")
    assert (tmp_path / "scratch").stat().st_mode & 0o7777 == 0o1777


def test_a_mounted_scratch_is_left_alone(tmp_path: Path) -> None:
    code, calls = run_scratch(tmp_path, SCRATCH_DISK=NVME, MOUNTED="0")
    assert (code, [call.split()[0] for call in calls]) == (0, ["mountpoint"])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "no volume found after 60 s"),
        ({"SCRATCH_DISK": NVME, "MKFS": "1"}, "no file system on /dev/nvme1n1"),
        ({"SCRATCH_DISK": NVME, "MOUNT": "32"}, "/dev/nvme1n1 does not mount"),
    ],
)
def test_an_instance_without_scratch_takes_no_jobs(
    tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    code, calls = run_scratch(tmp_path, **settings)
    assert code == 1
    assert calls.count("poweroff ") == 1
    assert reason in (tmp_path / "console").read_text()
