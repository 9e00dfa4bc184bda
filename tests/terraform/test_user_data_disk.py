"""The scratch script on a real block device with a real file system, where tests may have one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terraform.instance import rendered

_NEEDED = ("losetup", "mkfs.ext4", "blkid", "mount", "umount", "mountpoint", "findmnt")
# mkfs.xfs wants 300 MB and is not everywhere; ext4 serves, for what is tested is the way to the mount.
_AS_XFS = '#!/bin/bash\nexec mkfs.ext4 -q -L "$3" "$4"\n'


def _run(*command: str, check: bool = True) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=check).stdout.strip()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[str]:
    """A loop device over a file of 16 MiB."""
    if os.geteuid() != 0:
        pytest.skip("only root makes loop devices and mounts them")
    missing = [name for name in _NEEDED if not shutil.which(name)]
    if missing:
        pytest.skip(f"this machine has no {', '.join(missing)}")
    image = tmp_path / "disk.img"
    with image.open("wb") as file:
        file.truncate(16 << 20)
    made = subprocess.run(
        ["losetup", "-f", "--show", str(image)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"this machine has no loop devices: {made.stderr.strip()}")
    try:
        yield made.stdout.strip()
    finally:
        _run("umount", str(tmp_path / "scratch"), check=False)
        _run("losetup", "-d", made.stdout.strip())


def scratch(folder: Path, device: str) -> None:
    """Run the script with the machine's own commands, but for those that would change the machine."""
    tools = folder / "bin"
    tools.mkdir(exist_ok=True)
    for name, body in {
        "mkfs.xfs": _AS_XFS,
        "poweroff": "#!/bin/bash\n",
        "systemctl": "#!/bin/bash\n",
    }.items():
        (tools / name).write_text(body)
        (tools / name).chmod(0o755)
    (folder / "etc").mkdir(exist_ok=True)
    (folder / "etc" / "fstab").touch()
    text = rendered("scratch.sh.tftpl", device=device, mount_point=str(folder / "scratch"))
    text = text.replace(" /etc/", f" {folder}/etc/").replace(">/etc/", f">{folder}/etc/")
    # A label of the machine's own disks must not be found.
    text = text.replace("label='job-scratch'", f"label='{Path(device).name}-t'")
    text = text.replace("/dev/console", str(folder / "console"))
    done = subprocess.run(
        ["bash"],
        input=text,
        text=True,
        check=False,
        capture_output=True,
        env={"PATH": f"{tools}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stderr


def test_scratch_is_made_mounted_and_found_again(tmp_path: Path, disk: str) -> None:
    place = tmp_path / "scratch"
    scratch(tmp_path, disk)
    assert _run("findmnt", "-no", "SOURCE,FSTYPE", str(place)).split() == [disk, "ext4"]
    assert place.stat().st_mode & 0o7777 == 0o1777
    (place / "kept").write_text("of the first run")
    (tmp_path / "etc" / "fstab.before").write_text((tmp_path / "etc" / "fstab").read_text())

    _run("umount", str(place))
    scratch(tmp_path, disk)
    assert (place / "kept").read_text() == "of the first run"
    assert (tmp_path / "etc" / "fstab").read_text() == (tmp_path / "etc" / "fstab.before").read_text()


def test_the_table_of_mounts_is_enough_after_a_reboot(tmp_path: Path, disk: str) -> None:
    scratch(tmp_path, disk)
    _run("umount", str(tmp_path / "scratch"))
    _run("mount", "--fstab", str(tmp_path / "etc" / "fstab"), str(tmp_path / "scratch"))
    source = _run("findmnt", "-no", "SOURCE", str(tmp_path / "scratch"))
    assert source == disk
