"""Building blocks and the groups that they return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard import asl
from batchyard.asl import expressions
from batchyard.environments import Environment
from batchyard.errors import ManifestError
from batchyard.render.blocks import Blocks
from batchyard.render.deployment import deployment
from batchyard.render.expand import expand
from batchyard.render.jsonata import literal, path

PARAMETERS = {
    name: f"$states.input.{name}"
    for name in ("bamS3Path", "referenceS3Path", "statsS3FolderPath", "workingDir")
}


@pytest.fixture
def blocks(local: Environment) -> Blocks:
    return Blocks(deployment(local, "exome"))


def machine(start: str, **states: Any) -> dict[str, Any]:
    return expand({"QueryLanguage": "JSONata", "StartAt": start, "States": states}, "test")


def test_a_task_carries_timeout_and_retry_with_jitter(blocks: Blocks) -> None:
    found = machine("Stats", Stats=blocks.batch_task("stats", parameters=PARAMETERS))["States"]
    task = found["Stats"]
    assert sorted(found) == ["Stats"]
    assert task["Resource"] == "arn:aws:states:::batch:submitJob.sync"
    assert task["TimeoutSeconds"] == 3 * 7200 + 86400
    assert (task["Retry"][0]["JitterStrategy"], task["Retry"][0]["MaxDelaySeconds"]) == ("FULL", 60)
    assert "Batch.AWSBatchException" in task["Retry"][0]["ErrorEquals"]
    assert "Catch" not in task
    assert task["End"] is True


def test_a_failure_path_catches_everything(blocks: Blocks) -> None:
    tidy = blocks.batch_task("stats", parameters=PARAMETERS, on_failure="Tidy")
    found = machine("Stats", Stats=tidy, Tidy={"Type": "Pass", "End": True})
    [rule] = found["States"]["Stats"]["Catch"]
    assert (rule["ErrorEquals"], rule["Next"]) == (["States.ALL"], "Tidy")


def test_a_failure_path_of_its_own_gets_the_error(
    blocks: Blocks, execute: Callable[..., Any], failed: type[Exception]
) -> None:
    def refuse(*_: object) -> None:
        raise failed("Batch.ClientException", "no such queue")  # type: ignore[call-arg]

    stats = blocks.batch_task("stats", parameters=PARAMETERS, on_failure="Tidy")
    found = machine("Stats", Stats=stats, Tidy={"Type": "Pass", "End": True})
    document = dict.fromkeys(PARAMETERS, "s3://a/b")
    assert execute(found, document, refuse)["error"] == {
        "job": "stats",
        "name": "Batch.ClientException",
        "reason": "Batch.ClientException: no such queue",
    }
    assert "StatsFailed" not in found["States"]


@pytest.mark.parametrize(
    ("job", "arguments", "message"),
    [
        ("stat", {}, "no job stat in the manifest\n  it has: align, call, annotate, stats"),
        ("stats", {"parameters": {**PARAMETERS, "bam": "'x'"}}, "the command of job stats has no Ref::bam"),
        (
            "stats",
            {"parameters": {"bamS3Path": "'x'"}},
            "job stats gets no statsS3FolderPath\n  pass it in",
        ),
        ("stats", {"parameters": PARAMETERS, "queue": "hihg"}, "no queue hihg in this environment"),
    ],
)
def test_a_block_that_can_not_work_is_refused(
    blocks: Blocks, job: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        blocks.batch_task(job, **arguments)
    assert message in str(caught.value)


def test_polling_asks_until_the_job_has_ended(
    blocks: Blocks, execute: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def answer(_: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if "submit-job" in arguments["FunctionName"]:
            return {"Payload": {"jobId": "j"}}
        looks.append(arguments["Payload"]["jobId"])
        return {"Payload": {"jobId": "j", "status": "RUNNABLE" if len(looks) < 5 else "SUCCEEDED"}}

    found = machine("Stats", Stats=blocks.poll_task("stats", parameters=PARAMETERS))
    output = execute(found, dict.fromkeys(PARAMETERS, "s3://a/b"), answer)
    assert output["steps"] == {"stats": {"jobId": "j", "status": "SUCCEEDED"}}
    assert looks == ["j"] * 6  # five looks, and the final one
    assert blocks.calls == {"submit-job", "job-status"}


def test_polling_gives_up_after_the_same_time_as_waiting(
    blocks: Blocks, execute: Callable[..., Any], failed: type[Exception]
) -> None:
    found = machine(
        "Stats", Stats=blocks.poll_task("stats", parameters=PARAMETERS, queue_seconds=-3 * 7200 - 1)
    )

    def answer(_: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"Payload": {"jobId": "j", "status": "RUNNABLE"}}

    with pytest.raises(
        failed, match="stats: job j failed: not done after -1 seconds; it may still be running"
    ):
        execute(found, dict.fromkeys(PARAMETERS, "s3://a/b"), answer)


@pytest.mark.parametrize(
    ("seconds", "waited", "pause"), [(30, 0, 30), (30, 1_200_000, 60), (30, 10**9, 300), (600, 10**9, 600)]
)
def test_pauses_grow_with_the_time_waited_so_that_the_history_does_not_fill_up(
    local: Environment, seconds: int, waited: int, pause: int
) -> None:
    import jsonata

    found = local.model_copy(
        update={
            "workflows": {"exome": local.workflows["exome-poll"].model_copy(update={"poll_seconds": seconds})}
        }
    )
    block = Blocks(deployment(found, "exome")).batch_task("stats", parameters=PARAMETERS)
    code = expressions.inner(machine("Stats", Stats=block)["States"]["Stats.Wait"]["Seconds"])
    assert code
    expression = jsonata.Jsonata.jsonata(code.replace("$millis()", str(waited)))
    assert expression.evaluate(None, {"states": {"input": {"steps": {"stats": {"submittedAt": 0}}}}}) == pause


def test_a_callback_gets_its_token_and_needs_a_sign_of_life(blocks: Blocks) -> None:
    block = blocks.callback_task("submit-job", payload={"a": 1}, timeout_seconds=600, heartbeat_seconds=60)
    task = machine("Ask", Ask=block)["States"]["Ask"]
    assert task["Resource"].endswith("lambda:invoke.waitForTaskToken")
    assert task["Arguments"]["Payload"] == {"taskToken": "{% $states.context.Task.Token %}", "a": 1}
    assert (task["TimeoutSeconds"], task["HeartbeatSeconds"]) == (600, 60)


def test_a_function_that_is_not_listed_can_not_be_called(blocks: Blocks) -> None:
    with pytest.raises(ManifestError, match="function approve is not deployed with this workflow\n  add it"):
        blocks.callback_task("approve", payload={}, timeout_seconds=60, heartbeat_seconds=10)


def test_fanning_out_runs_a_group_per_item(blocks: Blocks, execute: Callable[..., Any]) -> None:
    fan = blocks.fan_out(
        "$states.input.samples",
        states={"Stats": blocks.batch_task("stats", parameters=PARAMETERS)},
        max_concurrency=2,
    )
    found = machine("Each", Each=fan)
    assert sorted(found["States"]["Each"]["ItemProcessor"]["States"]) == ["Stats"]
    samples = [dict.fromkeys(PARAMETERS, f"s3://a/{index}") for index in range(3)]

    def answer(_: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"JobId": arguments["Parameters"]["bamS3Path"], "Status": "SUCCEEDED"}

    output = execute(found, {"samples": samples}, answer)
    assert [each["steps"]["stats"]["jobId"] for each in output] == ["s3://a/0", "s3://a/1", "s3://a/2"]


def test_a_notification_goes_to_the_topic_and_passes_the_input_on(
    blocks: Blocks, execute: Callable[..., Any]
) -> None:
    sent: list[dict[str, Any]] = []

    def answer(resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
        sent.append({"resource": resource, **arguments})
        return {"MessageId": "1"}

    found = machine("Tell", Tell=blocks.notify("'done: ' & $states.input.id", subject="exome"))
    assert execute(found, {"id": "s1"}, answer) == {"id": "s1"}
    topic = "arn:aws:sns:us-east-1:000000000000:batchyard-local-notifications"
    expected = {"TopicArn": topic, "Message": "done: s1", "Subject": "exome"}
    assert sent == [{"resource": "arn:aws:states:::sns:publish", **expected}]


def test_two_states_of_one_name_are_refused_wherever_they_are(blocks: Blocks) -> None:
    stats = blocks.poll_task("stats", parameters=PARAMETERS)
    branch = {"StartAt": "StatsFailed", "States": {"StatsFailed": {"Type": "Succeed"}}}
    with pytest.raises(ManifestError, match="two states are named StatsFailed"):
        machine("Both", Both={"Type": "Parallel", "Branches": [branch], "Next": "Stats"}, Stats=stats)


def test_a_state_name_that_grows_too_long_is_refused(blocks: Blocks) -> None:
    name = "S" * 63
    with pytest.raises(
        ManifestError, match=f"state name {name}.GetFinalJobStatus has 81 characters, at most 80"
    ):
        machine(name, **{name: blocks.poll_task("stats", parameters=PARAMETERS)})


def test_every_arn_stands_as_a_literal(blocks: Blocks) -> None:
    arguments = machine("S", S=blocks.batch_task("stats", parameters=PARAMETERS))["States"]["S"]["Arguments"]
    assert asl.literal_arns(arguments["JobDefinition"]) == [
        "arn:aws:batch:us-east-1:000000000000:job-definition/batchyard-local-exome-stats"
    ]
    assert sorted(asl.literal_arns(arguments["JobQueue"])) == [
        f"arn:aws:batch:us-east-1:000000000000:job-queue/batchyard-local-{key}"
        for key in ("high", "hpc", "low", "on-demand")
    ]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_jsonata_literal_means_its_text(text: str) -> None:
    import jsonata

    assert jsonata.Jsonata.jsonata(literal(text)).evaluate(None) == (text or "")


def test_names_that_are_no_words_are_quoted() -> None:
    assert path("steps", "call-variants") == "$states.input.steps.`call-variants`"
    with pytest.raises(ManifestError, match="backquote"):
        path("a`b")
