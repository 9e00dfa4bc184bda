"""The script that hands a private registry's login to the ECS agent, run on a model of an instance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.terraform.instance import VALUES, Instance

SCRIPT = "registry-login.sh.tftpl"
ARN = VALUES[SCRIPT]["secret_arn"]
LOGIN = {"username": "puller", "password": 'p"\\ä $HOME `id`', "registry_url": "https://registry.example.com"}


def machine_with(folder: Path, secret: str, *, packages: tuple[str, ...] = ()) -> Instance:
    machine = Instance(folder / "machine", packages=packages)
    machine.write("secret", secret + "\n")
    machine.write("etc/ecs/ecs.config", "ECS_CLUSTER=batch-cluster\n")
    return machine


def test_the_agent_gets_the_login_in_its_own_form(tmp_path: Path) -> None:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth-container-instances.html
    machine = machine_with(tmp_path, json.dumps(LOGIN))
    assert machine.run(SCRIPT) == 0
    settings = dict(line.split("=", 1) for line in machine.read("etc/ecs/ecs.config").splitlines())
    login = json.loads(settings.pop("ECS_ENGINE_AUTH_DATA"))
    assert settings == {"ECS_CLUSTER": "batch-cluster", "ECS_ENGINE_AUTH_TYPE": "docker"}
    assert login == {LOGIN["registry_url"]: {"username": "puller", "password": LOGIN["password"]}}
    assert (machine.folder / "etc/ecs/ecs.config").stat().st_mode & 0o777 == 0o600
    (call,) = machine.calls("aws")
    assert call.startswith(f"aws secretsmanager get-secret-value --region eu-west-1 --secret-id {ARN} ")


def test_a_secret_may_hold_logins_of_several_registries(tmp_path: Path) -> None:
    other = {"username": "reader", "password": "other", "registry_url": "images.example.com:5000"}
    machine = machine_with(tmp_path, json.dumps([LOGIN, other]))
    assert machine.run(SCRIPT) == 0
    [line] = [line for line in machine.read("etc/ecs/ecs.config").splitlines() if "AUTH_DATA" in line]
    assert json.loads(line.partition("=")[2]) == {
        LOGIN["registry_url"]: {"username": "puller", "password": LOGIN["password"]},
        "images.example.com:5000": {"username": "reader", "password": "other"},
    }


def test_the_login_is_nowhere_but_in_the_settings(tmp_path: Path) -> None:
    machine = machine_with(tmp_path, json.dumps(LOGIN | {"password": "s3cr3t-of-a-test"}))
    assert machine.run(SCRIPT, "-x") == 0
    holders = [
        path.name
        for path in machine.folder.rglob("*")
        if path.is_file() and not path.is_symlink() and b"s3cr3t" in path.read_bytes()
    ]
    assert sorted(holders) == ["ecs.config", "secret"]
    assert "s3cr3t" not in machine.output


def test_a_second_run_replaces_the_login(tmp_path: Path) -> None:
    machine = machine_with(tmp_path, json.dumps(LOGIN))
    assert machine.run(SCRIPT) == 0
    machine.write("secret", json.dumps(LOGIN | {"password": "rotated"}))
    assert machine.run(SCRIPT) == 0
    text = machine.read("etc/ecs/ecs.config")
    assert [line.split("=")[0] for line in text.splitlines()] == [
        "ECS_CLUSTER",
        "ECS_ENGINE_AUTH_TYPE",
        "ECS_ENGINE_AUTH_DATA",
    ]
    assert '"rotated"' in text


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ('{"username": "puller", "registry_url": "r"}', "no text in password"),
        ('{"user": "hidden", "pass": "hidden"}', "no text in username, password, registry_url"),
        ('{"username": "", "password": 7, "registry_url": "r"}', "no text in username, password"),
        ("hidden", "no JSON object"),
        ('["hidden"]', "no JSON object"),
        ("[]", "no JSON object"),
        ('[{"username": "a", "password": "b", "registry_url": "r"}, {}]', f"no text in {', '.join(LOGIN)}"),
        ("None", "no JSON object"),  # what the command prints of a binary secret
    ],
)
def test_a_secret_with_other_fields_is_told_plainly(tmp_path: Path, secret: str, reason: str) -> None:
    machine = machine_with(tmp_path, secret)
    assert machine.run(SCRIPT) == 1
    assert machine.read("console") == (
        f"registry-login: secret {ARN} has {reason}; "
        'store {"username", "password", "registry_url"}; powering off\n'
    )
    assert "hidden" not in machine.output
    assert (len(machine.calls("aws")), machine.calls("poweroff")) == (1, ["poweroff "])
    assert machine.read("etc/ecs/ecs.config") == "ECS_CLUSTER=batch-cluster\n"


def test_a_refusal_that_passes_is_waited_out(tmp_path: Path) -> None:
    machine = machine_with(tmp_path, json.dumps(LOGIN))
    machine.write("refusals", "4")
    assert machine.run(SCRIPT) == 0
    assert machine.calls("sleep") == ["sleep 2", "sleep 4", "sleep 8", "sleep 16"]
    assert "ECS_ENGINE_AUTH_DATA" in machine.read("etc/ecs/ecs.config")


def test_a_secret_that_can_not_be_read_takes_the_instance_away(tmp_path: Path) -> None:
    machine = machine_with(tmp_path, json.dumps(LOGIN))
    machine.write("refusals", "9")
    assert machine.run(SCRIPT) == 1
    assert f"secret {ARN} can not be read: An error occurred (AccessDenied" in machine.read("console")
    assert machine.calls("poweroff") == ["poweroff "]


def test_the_aws_command_is_installed_where_the_image_lacks_it(tmp_path: Path) -> None:
    machine = machine_with(tmp_path, json.dumps(LOGIN), packages=("aws",))
    assert machine.run(SCRIPT) == 0
    assert machine.calls("dnf") == ["dnf install -y -q awscli-2"]
    assert "ECS_ENGINE_AUTH_DATA" in machine.read("etc/ecs/ecs.config")


def test_an_aws_command_that_can_not_be_installed_is_told(tmp_path: Path) -> None:
    machine = Instance(tmp_path / "machine", missing=("aws",))
    assert machine.run(SCRIPT) == 1
    assert "the aws command is missing and can not be installed" in machine.read("console")
    assert machine.calls("poweroff") == ["poweroff "]


def test_settings_that_can_not_be_written_are_told(tmp_path: Path) -> None:
    machine = machine_with(tmp_path, json.dumps(LOGIN))
    (machine.folder / "etc/ecs/ecs.config").unlink()
    (machine.folder / "etc/ecs/ecs.config").mkdir()
    assert machine.run(SCRIPT) == 1
    assert "/etc/ecs/ecs.config can not be written" in machine.read("console")
    assert "puller" not in machine.output
