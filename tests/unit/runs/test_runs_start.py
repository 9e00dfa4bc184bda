from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import ARN, BEGAN

from batchyard.environments import Environment
from batchyard.errors import BatchyardError
from batchyard.runs import inputs
from batchyard.runs.start import StartRequest, execution_name, request, start

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
LIVE = "arn:aws:states:eu-west-1:111122223333:stateMachine:batchyard-dev-exome:live"


def test_a_request_names_alias_time_and_content(dev: Environment) -> None:
    wanted = request(dev, "exome", {"sampleId": "s"}, now=NOW)
    assert wanted == StartRequest(LIVE, "20260301T120000-250-c72d733e", '{"sampleId":"s"}')


@given(st.text(max_size=200), st.datetimes())
def test_names_that_are_made_can_be_part_of_a_job_name(text: str, now: datetime) -> None:
    name = execution_name(text, now)
    assert len(name) <= 80
    assert name.replace("-", "").isalnum()
    assert name.isascii()


@pytest.mark.parametrize("name", ["", "a b", "a/b", "-a", "ä", "a" * 81, "a\n"])
def test_names_that_can_not_be_one_are_refused(dev: Environment, name: str) -> None:
    if name:
        with pytest.raises(BatchyardError, match="not a name for a run"):
            request(dev, "exome", {"sampleId": "s"}, name=name)
    else:  # none given: one is made
        assert request(dev, "exome", {"sampleId": "s"}, name=name).name


def test_every_error_of_the_input_is_listed_with_its_path(dev: Environment) -> None:
    with pytest.raises(BatchyardError) as caught:
        request(dev, "exome", {"align": {"memory": "8"}, "sample": 1}, source="in.json")
    assert caught.value.sentence().splitlines() == [
        "in.json: the input does not fit the workflow",
        "  $.align.memory: '8' is not of type 'integer'",
        "  $: 'sampleId' is a required property",
        "  $: Additional properties are not allowed ('sample' was unexpected)",
        "  the schema is templates/workflows/exome/input.schema.json",
    ]


def test_the_schema_that_is_named_is_the_manifests(dev: Environment, project: Path) -> None:
    manifest = "name: exome\ndescription: d\ninput_schema: in.json\n"
    (project / "templates/workflows/exome/workflow.yaml").write_text(manifest)
    with pytest.raises(BatchyardError, match=r"the schema is templates/workflows/exome/in\.json$"):
        request(dev, "exome", {})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "the input is not JSON"),
        ('{"a": NaN}', "NaN is not JSON"),
        ("[]", "the input is not a JSON object"),
    ],
)
def test_what_is_no_json_object_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "in.json"
    path.write_text(content)
    with pytest.raises(BatchyardError, match=said):
        inputs.read(str(path))


def test_a_workflow_that_is_not_rendered_is_told(dev: Environment, project: Path) -> None:
    (project / "build/dev/exome.bundle.json").unlink()
    with pytest.raises(BatchyardError, match="not rendered\n  render it: batchyard render --env dev"):
        request(dev, "exome", {"sampleId": "s"})


def test_a_damaged_bundle_is_told(dev: Environment, project: Path) -> None:
    (project / "build/dev/exome.bundle.json").write_text('{"workflow":')
    with pytest.raises(BatchyardError, match=r"exome is damaged: .*\n  render it again: batchyard render"):
        request(dev, "exome", {"sampleId": "s"})


def test_an_unknown_workflow_is_told_with_the_known_ones(dev: Environment) -> None:
    with pytest.raises(BatchyardError, match="deploys no workflow genome\n  it has: exome") as caught:
        request(dev, "genome", {})
    assert caught.value.exit_code == 2


def test_start_calls_the_alias(dev: Environment, stubs: StubbedAws) -> None:
    wanted = {"stateMachineArn": LIVE, "name": "n", "input": json.dumps({})}
    stubs["stepfunctions"].add_response("start_execution", {"executionArn": ARN, "startDate": BEGAN}, wanted)
    assert start(dev, StartRequest(LIVE, "n", "{}")) == ARN


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "StateMachineDoesNotExist",
            "the workflow is not deployed\n  plan and apply first: make apply ENV=dev",
        ),
        ("ExecutionAlreadyExists", "there is a run named n already"),
        ("InvalidExecutionInput", "StartExecution: InvalidExecutionInput: too long"),
    ],
)
def test_a_refused_start_is_told(dev: Environment, stubs: StubbedAws, code: str, said: str) -> None:
    stubs["stepfunctions"].add_client_error("start_execution", code, "too long")
    with pytest.raises(BatchyardError, match=said):
        start(dev, StartRequest(LIVE, "n", "{}"))
