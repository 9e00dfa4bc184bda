from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.cli_fixtures import FakeTerraform

from batchyard.environments import Environment
from batchyard.errors import BatchyardError
from batchyard.terraform import init, outputs, settings, version


def test_init_runs_once_until_something_it_reads_changes(
    dev: Environment, project: Path, terraform: FakeTerraform
) -> None:
    assert init(dev) is True
    assert init(dev) is False
    backend = project / "terraform/environments/dev.s3.tfbackend"
    for path in (backend, project / "terraform/.terraform.lock.hcl", project / "modules/queue/versions.tf"):
        path.write_text("# changed\n")
        assert init(dev) is True, path
    assert init(dev) is False
    [arguments, *_] = terraform.called("init")
    assert arguments == ["-input=false", "-no-color", "-reconfigure", f"-backend-config={backend}"]


def test_a_failed_init_is_tried_again(dev: Environment, terraform: FakeTerraform) -> None:
    terraform.answers("init", err="╷\n│ Error: No valid credential sources found\n╵\n", code=1)
    with pytest.raises(BatchyardError) as caught:
        init(dev)
    assert caught.value.sentence() == (
        "terraform: terraform init failed: Error: No valid credential sources found\n"
        "  sign in to AWS first: aws sso login, or set AWS_PROFILE"
    )
    terraform.answers("init")
    assert init(dev) is True


def test_environments_have_data_folders_of_their_own(
    dev: Environment, project: Path, terraform: FakeTerraform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_WORKSPACE", "elsewhere")
    monkeypatch.setenv("TF_DATA_DIR", "/elsewhere")
    init(dev)
    variables = terraform.variables("init")
    assert variables["TF_DATA_DIR"] == str(project / "build/dev/terraform")
    assert variables["AWS_REGION"] == "eu-west-1"
    assert "TF_WORKSPACE" not in variables


def test_the_callers_cli_configuration_counts_if_it_exists(
    dev: Environment, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "mine.rc"))
    assert "TF_CLI_CONFIG_FILE" not in settings.variables(dev)
    (project / ".batchyard").mkdir()
    (project / ".batchyard/terraform.rc").write_text("")
    assert settings.variables(dev)["TF_CLI_CONFIG_FILE"] == str(project / ".batchyard/terraform.rc")
    (tmp_path / "mine.rc").write_text("")
    assert settings.variables(dev)["TF_CLI_CONFIG_FILE"] == str(tmp_path / "mine.rc")


def test_locally_no_credentials_of_the_caller_reach_terraform(
    dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    from batchyard.local import control
    from batchyard.local.control import Server

    monkeypatch.setattr(control, "status", lambda: Server("http://127.0.0.1:4599", 1, 4599, 0.0))
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    local = dev.model_copy(update={"environment": "local", "account_id": "000000000000"})
    variables = settings.variables(local)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & variables.keys()
    assert variables["AWS_ACCESS_KEY_ID"] == "000000000000"
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4599"


def test_a_missing_terraform_is_told_with_the_remedy(
    dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BatchyardError, match="not installed\n  put Terraform 1"):
        init(dev)


def test_an_old_terraform_is_refused(dev: Environment, terraform: FakeTerraform) -> None:
    terraform.answers("version", out='{"terraform_version": "1.9.8"}')
    with pytest.raises(BatchyardError, match=r"Terraform 1\.9\.8 is too old"):
        init(dev)
    assert terraform.called("init") == []


def test_an_environment_without_a_backend_file_is_refused(dev: Environment, project: Path) -> None:
    (project / "terraform/environments/dev.s3.tfbackend").unlink()
    with pytest.raises(BatchyardError, match="does not say where its Terraform state lies"):
        init(dev)


def test_outputs_leave_out_what_is_sensitive(project: Path, terraform: FakeTerraform) -> None:
    answer = {
        "vpc_id": {"value": "vpc-1", "sensitive": False},
        "key": {"value": "hunter2", "sensitive": True},
    }
    terraform.answers("output", out=json.dumps(answer))
    assert outputs("dev") == {"vpc_id": "vpc-1"}


def test_version_needs_no_environment(project: Path, terraform: FakeTerraform) -> None:
    assert version() == "1.11.4"
