"""A model of an instance that runs user data: its disks, its packages and what was done to it.

Stand-in commands (fixtures/instance) on a PATH of their own write down how they were called and keep
their part of the machine in files, so that a test says what disks there are and sees what is mounted.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "user-data"
_STAND_INS = Path(__file__).with_name("fixtures") / "instance"
_RECORD = '#!/bin/bash\nprintf \'%s\\n\' "$(basename "$0") $*" >>"$MACHINE/calls"\n'
EBS = "Amazon Elastic Block Store"
STORE = "Amazon EC2 NVMe Instance Storage"
# Values of every variable of every template; a test changes what it is about.
VALUES = {
    "scratch.sh.tftpl": {"kind": "ebs", "device": "/dev/sdf-of-a-test", "mount_point": "/scratch"},
    "registry-login.sh.tftpl": {
        "secret_arn": "arn:aws:secretsmanager:eu-west-1:000000000000:secret:registry-AbCdEf"
    },
    "ecs-agent.sh.tftpl": {
        "pull_behavior": "prefer-cached",
        "spot_draining": "true",
        "reserved_memory_mib": "0",
        "nvidia": "false",
    },
}


def rendered(name: str, **changes: str) -> str:
    """Return a template as Terraform's templatefile fills it in (a slow test compares the two)."""
    values = VALUES[name] | changes
    text = re.sub(r"(?<!\$)\$\{(\w+)\}", lambda found: values[found[1]], (TEMPLATES / name).read_text())
    return text.replace("$${", "${")


# All that the scripts may use of the system itself; whatever else they call has to be a stand-in.
_REAL = ["awk", "basename", "bash", "cat", "chmod", "cut", "dirname", "grep", "head", "mkdir", "mktemp", "mv"]
_REAL += ["readlink", "sed", "seq", "tail", "tee", "touch", "wc"]
_PACKAGES = {"mdadm": "mdadm", "aws": "awscli-2"}


@dataclass
class Instance:
    """One machine in a folder.

    Args:
        folder: an empty folder for its files.
        disks: models by name under /dev, beside a root volume with one partition.
        packages: commands that are not installed, but that the package manager has.
        missing: commands that are not to be had at all.
    """

    folder: Path
    disks: dict[str, str] = field(default_factory=dict)
    packages: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("bin", "disks", "systems", "arrays", "stopped", "packages", "etc/ecs", "scratch"):
            (self.folder / name).mkdir(parents=True)
        for command in _STAND_INS.iterdir():
            self._install(command)
        for name in _REAL:
            (self.folder / "bin" / name).symlink_to(str(shutil.which(name)))
        (self.folder / "bin" / "python3").symlink_to(Path(sys.executable).resolve())
        for name, model in ({"nvme0n1": f"{EBS}\nnvme0n1p1"} | self.disks).items():
            (self.folder / "disks" / name).write_text(model + "\n")
        (self.folder / "etc" / "fstab").write_text("UUID=root / xfs defaults 0 1\n")

    def _install(self, command: Path) -> None:
        if command.name in self.missing:
            return
        target = self.folder / "bin" / command.name
        if command.name in self.packages:
            target = self.folder / "packages" / _PACKAGES[command.name] / command.name
            target.parent.mkdir()
        target.write_text(_RECORD + command.read_text().removeprefix("#!/bin/bash\n"))
        target.chmod(0o755)

    def run(self, name: str, *flags: str, **values: str) -> int:
        """Run a template of templates/user-data on this machine and return its exit code."""
        if name.startswith("scratch"):
            values = {"mount_point": f"{self.folder}/scratch"} | values
        text = rendered(name, **values)
        for path in ("/etc/", "/dev/console", "/sys/bus/"):
            text = text.replace(f" {path}", f" {self.folder}{path.replace('/dev/', '/')}")
            text = text.replace(f"={path}", f"={self.folder}{path}").replace(
                f">{path}", f">{self.folder}{path}"
            )
        done = subprocess.run(
            [str(self.folder / "bin" / "bash"), *flags],
            input=text,
            env={"PATH": str(self.folder / "bin"), "MACHINE": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        self.output = done.stdout + done.stderr
        return done.returncode

    def reboot(self) -> None:
        """Forget what a reboot undoes: mounts, and that arrays are assembled."""
        (self.folder / "mounts").unlink(missing_ok=True)
        (self.folder / "calls").unlink()
        for array in (self.folder / "arrays").iterdir():
            array.rename(self.folder / "stopped" / array.name)

    def breaks(self, command: str) -> None:
        """Let a command fail whatever it is asked."""
        target = self.folder / "bin" / command
        target.unlink()
        target.write_text(_RECORD + "exit 1\n")
        target.chmod(0o755)

    def read(self, name: str) -> str:
        """Return a file of the machine, empty where it does not exist."""
        path = self.folder / name
        return path.read_text().replace(str(self.folder), "") if path.exists() else ""

    def write(self, name: str, text: str) -> None:
        """Put a file on the machine."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def calls(self, *names: str) -> list[str]:
        """Return the calls of these commands, in order, with their arguments."""
        return [line for line in self.read("calls").splitlines() if line.split()[0] in names]
