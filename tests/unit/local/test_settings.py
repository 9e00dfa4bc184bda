"""Settings of the server and of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchyard.errors import ManifestError
from batchyard.local import server
from batchyard.local.settings import job_settings, read_settings


def test_an_image_map_of_this_machine_reaches_the_engine(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"image_map": {"busybox*": {"host": true}}, "seconds": 2}')
    found = job_settings("simulated", tmp_path)
    assert found.image_map == {"busybox*": {"host": True}}
    assert (found.executor, found.seconds, found.work_dir) == ("simulated", 2, tmp_path / "work")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a JSON object"),
        ('{"imagemap": {}}', "unknown: imagemap"),
        ('{"time_scale": "fast"}', 'time_scale is "fast"'),
        ('{"seconds": -1}', "seconds is -1"),
        ('{"image_map": {"x": {"host": false}}}', "image_map is"),
        ('{"image_map": {"x": {"entry_point": "sh"}}}', "give it an object of image name globs"),
        ('{"exit_codes_by_image": {"x": 300}}', "0 to 255"),
        ('{"container_tool": 1}', "docker"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    with pytest.raises(ManifestError, match=message) as raised:
        read_settings(tmp_path)
    assert str(tmp_path) in str(raised.value)


def test_no_settings_are_fine(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == {}


@pytest.mark.parametrize(("flags", "auth"), [([], "false"), (["--enforce-iam"], "true")])
def test_the_server_keeps_to_loopback_and_its_folder(tmp_path: Path, flags: list[str], auth: str) -> None:
    options = server.parse(["--port", "4599", "--state-dir", str(tmp_path), *flags])
    found = server.environment(options)
    assert (found["BIND_HOST"], found["GATEWAY_PORT"], found["AUTH"]) == ("127.0.0.1", "4599", auth)
    assert all(found[name].startswith(str(tmp_path)) for name in ("STATE_DIR", "S3_DATA_DIR"))
    assert (found["IOT_MTLS_ENABLED"], found["SFTP_ENABLED"]) == ("0", "0")
