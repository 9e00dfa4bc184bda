"""User data as a whole: every part is a clean script, and the MIME text says to cloud-init what it should."""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
from email.message import Message
from pathlib import Path

import pytest

from tests.terraform.instance import TEMPLATES, VALUES, rendered

MIME = Path(__file__).resolve().parents[2] / "modules" / "compute" / "user-data.mime.tftpl"
PARTS = ["scratch.sh.tftpl", "registry-login.sh.tftpl", "ecs-agent.sh.tftpl"]


def test_every_template_is_known_here() -> None:
    assert sorted(path.name for path in TEMPLATES.glob("*.tftpl")) == sorted(VALUES) == sorted(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_shellcheck_finds_nothing(name: str, tmp_path: Path) -> None:
    script = tmp_path / name.removesuffix(".tftpl")
    script.write_text(rendered(name))
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [str(shellcheck), "--shell=bash", str(script)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", PARTS)
def test_a_template_names_its_variables(name: str) -> None:
    head = (TEMPLATES / name).read_text().partition("\nset ")[0]
    assert all(f"#   {variable} " in head for variable in VALUES[name])


def in_terraform(expression: str, folder: Path) -> str:
    """Return what Terraform makes of an expression; nothing is initialised, and no account is needed."""
    done = subprocess.run(
        ["terraform", "console"],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if not key.startswith(("TF_", "AWS_"))},
        input=f"jsonencode({expression})\n",
        capture_output=True,
        text=True,
        check=True,
    )
    text: str = json.loads(json.loads(done.stdout))
    return text


def call(name: str) -> str:
    return f"templatefile({json.dumps(str(TEMPLATES / name))}, {json.dumps(VALUES[name])})"


@pytest.mark.terraform
@pytest.mark.parametrize("name", PARTS)
def test_the_tests_render_as_terraform_does(name: str, tmp_path: Path) -> None:
    assert in_terraform(call(name), tmp_path) == rendered(name)


@pytest.fixture(scope="module")
def message(tmp_path_factory: pytest.TempPathFactory) -> Message:
    parts = ", ".join(f'{{name = "{name.removesuffix(".tftpl")}", content = {call(name)}}}' for name in PARTS)
    expression = f'templatefile({json.dumps(str(MIME))}, {{boundary = "==BATCHYARD==", parts = [{parts}]}})'
    text = in_terraform(expression, tmp_path_factory.mktemp("console"))
    # Batch adds a part of its own to what EC2 limits to 16 KB:
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
    assert len(text.encode()) < 14 * 1024
    return email.message_from_string(text)


@pytest.mark.terraform
def test_cloud_init_gets_the_scripts_whole_and_in_order(message: Message) -> None:
    assert (message.get_content_type(), message.defects) == ("multipart/mixed", [])
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert [part.get_filename() for part in parts] == [name.removesuffix(".tftpl") for name in PARTS]
    for part, name in zip(parts, PARTS, strict=True):
        assert (part.get_content_type(), part.get_content_charset()) == ("text/x-shellscript", "us-ascii")
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert body.decode("ascii").rstrip("\n") == rendered(name).rstrip("\n")


@pytest.mark.terraform
def test_no_script_starts_or_needs_the_agent(message: Message) -> None:
    # ecs.service starts after cloud-final.service, so what waits for the agent in user data waits for ever:
    # https://github.com/aws/amazon-ecs-agent/blob/master/packaging/amazon-linux-ami-integrated/ecs.service
    assert "systemctl start ecs" not in str(message)
    assert "systemctl restart" not in str(message)
