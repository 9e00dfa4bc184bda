"""Every rule: a clean subject, broken in one place, gives a finding of that rule at that place."""

# ruff: noqa: E501 - one line per case reads better
from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.lint.lint_subjects import BATCH, batch_task, bundle, machine

from batchyard.lint import RULES, lint_bundle, lint_state_machine

Document = dict[str, Any]
Breaker = Callable[[Document, Document], object]


def _set(path: str, value: object, *, of_bundle: bool = False) -> Breaker:
    """Return a change that sets what a dotted path names."""

    def change(definition: Document, package: Document) -> None:
        at: Any = package if of_bundle else definition["States"]
        *way, last = path.split(".")
        for key in way:
            at = at[int(key)] if isinstance(at, list) else at[key]
        at[int(last) if isinstance(at, list) else last] = value

    return change


def _job(path: str, value: object) -> Breaker:
    return _set(f"job_definitions.align.{path}", value, of_bundle=True)


def _drop(state: str, key: str) -> Breaker:
    return lambda definition, _: definition["States"][state].pop(key)


def _jsonpath(**fields: object) -> Breaker:
    """Return a change that puts a JSONPath machine of one Pass state in the place of the whole."""

    def change(definition: Document, package: Document) -> None:
        definition.clear()
        definition |= {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True, **fields}}}
        package["job_definitions"].clear()

    return change


def _queue(**facts: object) -> Breaker:
    return lambda _, package: package["queues"]["high"].update(facts)


def _shape(name: str, value: object) -> Breaker:
    """Return a change that gives the job another shape."""

    def change(_: Document, package: Document) -> None:
        job = package["job_definitions"]["align"]
        del job["container_properties"]
        job[name] = value

    return change


def _loop(definition: Document, _: Document) -> None:
    definition["States"]["IsGood"]["Default"] = "Each"


def _map_of(count: int | None) -> Breaker:
    def change(definition: Document, _: Document) -> None:
        each = definition["States"]["Each"]
        each["Items"] = "{% $states.input.items %}" if count is None else list(range(count))

    return change


BROKEN: list[tuple[str, str, Breaker]] = [
    ("BY001", "/States/Bad", _set("Bad", [])),
    ("BY002", "/States/Both/Next", _set("Both.Next", "Nowhere")),
    ("BY002", "/States/Align/Catch/0/Next", _set("Align.Catch.0.Next", "Pause")),
    ("BY003", "/States/Alone", _set("Alone", {"Type": "Succeed"})),
    ("BY004", "/States/Report", _drop("Report", "End")),
    ("BY004", "/States/IsGood/Choices/0", _set("IsGood.Choices.0", {"Condition": "{% true %}"})),
    ("BY005", "/States/Each", _set("Each.End", True)),
    ("BY005", "/States/Failed/Next", _set("Failed.Next", "Align")),
    ("BY006", "/States/IsGood", _drop("IsGood", "Default")),
    ("BY007", "/States/Both/Branches/1/States/Pause", _set("Both.Branches.1", {
        "StartAt": "Pause", "States": {"Pause": {"Type": "Pass", "End": True}}})),
    ("BY008", "/States/Report/Type", _set("Report.Type", "Tusk")),
    ("BY009", f"/States/{'x' * 81}", _set("x" * 81, {"Type": "Succeed"})),
    ("BY010", "/States/Both", _set("Both.Branches", [])),
    ("BY010", "/States/Each", _set("Each.Iterator", {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}})),
    ("BY011", "/States/Report/Timeout", _set("Report.Timeout", 3)),
    ("BY011", "/StartsAt", lambda d, _: d.update(StartsAt="Align")),
    ("BY012", "/States/Both/Branches/0/States/Pause", _set("Both.Branches.0.States.Pause", {"Type": "Wait", "End": True})),
    ("BY012", "/States/Report/Arguments", _set("Report.Arguments", {"Payload": 1})),
    ("BY013", "/States/Both/Branches/0/States/Pause", _set("Both.Branches.0.States.Pause.Timestamp", "2030-01-01T00:00:00Z")),
    ("BY101", "/States/Report", _drop("Report", "TimeoutSeconds")),
    ("BY102", "/States/Report", _set("Report.Resource", "arn:aws:states:::lambda:invoke.waitForTaskToken")),
    ("BY103", "/States/Align", lambda d, _: (d["States"]["Align"].pop("Retry"), d["States"]["Align"].pop("Catch"))),
    ("BY104", "/States/Align/Resource", _set("state_machine.type", "EXPRESS", of_bundle=True)),
    ("BY105", "/States/Report/TimeoutSeconds", _set("Report.TimeoutSeconds", 0)),
    ("BY105", "/States/Report/HeartbeatSeconds", _set("Report.HeartbeatSeconds", 60)),
    ("BY106", "/States/Report/Resource", _set("Report.Resource", "lambda")),
    ("BY106", "/States/Align/Resource", _set("Align.Resource", "arn:aws:states:::batch:submitJob.waitForTaskToken")),
    ("BY107", "/States/Align/Catch/0/ErrorEquals", _set("Align.Catch.0.ErrorEquals", ["States.Any"])),
    ("BY107", "/States/Align/Catch/0", _set("Align.Catch.0.ErrorEquals", [])),
    ("BY108", "/States/Align/Catch/0/ErrorEquals", _set("Align.Catch.0.ErrorEquals", ["States.ALL", "Mine"])),
    ("BY108", "/States/Align/Retry/0/ErrorEquals", _set("Align.Retry", [
        {"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["States.Timeout"]}])),
    ("BY109", "/States/Align/Retry/0/ErrorEquals", _set("Align.Retry.0.ErrorEquals", ["States.DataLimitExceeded"])),
    ("BY109", "/States/Align/Catch/0/ErrorEquals", _set("Align.Catch.0.ErrorEquals", ["States.Runtime"])),
    ("BY110", "/States/Align/Retry/0/BackoffRate", _set("Align.Retry.0.BackoffRate", 0.5)),
    ("BY110", "/States/Align/Retry/0/MaxAttempts", _set("Align.Retry.0.MaxAttempts", -1)),
    ("BY110", "/States/Align/Retry/0/MaxDelaySeconds", _set("Align.Retry.0.MaxDelaySeconds", 1)),
    ("BY112", "/States/Align", _set("Align.Arguments.JobQueue", "{% $states.input.queue %}")),
    ("BY112", "/States/Align", _set("Align.Arguments.JobQueue", f"{{% '{BATCH}job-queue/' & $states.input.q %}}")),
    ("BY201", "", _map_of(7_000)),
    ("BY202", "/States/Each", _map_of(None)),
    ("BY202", "/States/Each", _map_of(5_001)),
    ("BY203", "/States/Each", _loop),
    ("BY204", "/States/Align", _drop("Align", "Output")),
    ("BY204", "/States/Align", _set("Align.Output", "{% $merge([$states.input, {'job': $states.result}]) %}")),
    ("BY205", "", lambda d, _: d.update(Comment="x" * 1_048_576)),
    ("BY206", "/States/Align", _set("Align.Arguments.Parameters.list", "x" * 30_720)),
    ("BY207", "/States/Align", _set("Align.Arguments.ArrayProperties", {"Size": 10_001})),
    ("BY207", "/States/Align", _set("Align.Arguments.DependsOn", [{"JobId": "x"}] * 21)),
    ("BY208", "/States/Align", _set("Align.Arguments.ContainerOverrides", {"Command": ["x" * 8_192]})),
    ("BY211", "/States/Align/Arguments/DependsOn/0", _set("Align.Arguments.DependsOn", [{"JobId": "x", "Type": "N_TO_N"}])),
    ("BY209", "/job_definitions/align", _job("container_properties.command", ["x" * 24_576])),
    ("BY210", "/States/Both/Branches/1", lambda d, _: d["States"]["Both"]["Branches"][1]["States"]["Mark"].update(
        Output="x" * 262_144)),
    ("BY301", "/States/Align/ResultPath", _set("Align.ResultPath", "$.job")),
    ("BY301", "/States/IsGood/Choices/0/Variable", _set("IsGood.Choices.0.Variable", "$.good")),
    ("BY301", "/States/Align/Arguments/Parameters", _set("Align.Arguments.Parameters", {"bam.$": "$.bam"})),
    ("BY301", "/States/P/Output", _jsonpath(Output={})),
    ("BY302", "/States/IsGood/Choices/0/Condition", _set("IsGood.Choices.0.Condition", "{% $states.input. %}")),
    ("BY302", "/States/Report/Output", _set("Report.Output", "{% $eval('1') %}")),
    ("BY303", "/States/Align/Arguments/Parameters/threads", _set("Align.Arguments.Parameters.threads", 4)),
    ("BY303", "/States/Align/Arguments/Parameters/threads", _set("Align.Arguments.Parameters.threads", "{% 2 * 2 %}")),
    ("BY303", "/States/Align/Arguments/ContainerOverrides/Environment/0/Value", _set(
        "Align.Arguments.ContainerOverrides", {"Environment": [{"Name": "N", "Value": "{% $count([1]) %}"}]})),
    ("BY304", "/States/Align/QueryLanguage", _set("Align.QueryLanguage", "JSONPath")),
    ("BY304", "/QueryLanguage", lambda d, _: d.update(QueryLanguage="SQL")),
    ("BY305", "/States/P/InputPath", _jsonpath(InputPath="input")),
    ("BY305", "/States/P/Parameters/a.$", _jsonpath(Parameters={"a.$": "a"})),
    ("BY306", "/States/Report/Output", _set("Report.Output", "{% $states.input")),
    ("BY306", "/States/P/Result", _jsonpath(Result="{% 1 %}")),
    ("BY307", "/States/Report/Assign/a-b", _set("Report.Assign", {"a-b": 1})),
    ("BY308", "/States/P/Parameters/a", _jsonpath(Parameters={"a": "$.a"})),
    ("BY401", "/job_definitions/align/container_properties/image", _job("container_properties.image", "a/b:latest")),
    ("BY401", "/job_definitions/align/container_properties/image", _job("container_properties.image", "host:5000/b")),
    ("BY402", "/job_definitions/align/container_properties/environment/0", _job(
        "container_properties.environment", [{"name": "DB_PASSWORD", "value": "hunter2"}])),
    ("BY402", "/functions/report/environment/KEY", _set(
        "functions.report.environment.KEY", "AKIAABCDEFGHIJKLMNOP", of_bundle=True)),
    ("BY402", "/States/Align/Arguments/ContainerOverrides/Environment/0", _set(
        "Align.Arguments.ContainerOverrides", {"Environment": [{"Name": "API_KEY", "Value": "abc"}]})),
    ("BY403", "/job_definitions/align/retry_strategy", _job("retry_strategy.evaluateOnExit.1.action", "RETRY")),
    ("BY403", "/job_definitions/align/retry_strategy", _job("retry_strategy", {"attempts": 2})),
    ("BY404", "/job_definitions/align/timeout_seconds", _job("timeout_seconds", None)),
    ("BY404", "/job_definitions/align/timeout_seconds", _job("timeout_seconds", 59)),
    ("BY405", "/state_machine/name", _set("state_machine.name", "x" * 81, of_bundle=True)),
    ("BY405", "/job_definitions/align/role/name", _job("role.name", "x" * 65)),
    ("BY406", "/job_definitions/align/retry_strategy/attempts", _job("retry_strategy.attempts", 11)),
    ("BY407", "/job_definitions/align/role/statements/0", _job("role.statements.0.Resource", ["*"])),
    ("BY407", "/job_definitions/align/role/statements/0", _job("role.statements.0.Action", ["s3:*"])),
    ("BY408", "/States/Report", _set("Report.Arguments.FunctionName", (
        "arn:aws:lambda:us-east-1:000000000000:function:batchyard-local-demo-rapport:live"))),
    ("BY408", "/States/Align", _set("Align.Arguments.JobDefinition", "batchyard-local-demo-alin")),
    ("BY112", "/States/Align", _set("Align.Resource", "arn:aws:states:::aws-sdk:sqs:sendMesage")),
    ("BY409", "/job_definitions/spare", lambda _, b: b["job_definitions"].update(
        spare={**b["job_definitions"]["align"], "name": "batchyard-local-demo-spare"})),
    ("BY410", "/States/Align", _job("container_properties.command", ["Ref::missing"])),
    ("BY411", "/States/Align/Arguments/JobQueue", _queue(fair_share=True)),
    ("BY411", "/States/Align/Arguments/JobQueue", _set("Align.Arguments.ShareIdentifier", "a")),
    ("BY412", "/States/Align/Arguments/NodeOverrides", _set("Align.Arguments.NodeOverrides", {"NumNodes": 2})),
    ("BY413", "/States/Align", _shape("eks_properties", {"podProperties": {"containers": [{"image": "a:1"}]}})),
    ("BY414", "/States/Align/Arguments/JobQueue", _queue(platform="FARGATE")),
    ("BY212", "/States/Align/Arguments/DependsOn/0", _set(
        "Align.Arguments.DependsOn", [{"JobId": "{% $states.input.steps.align.jobId %}"}])),
    ("BY901", "/States/Report/Comment", _set("Report.Comment", "lint: ignore BY101")),
]  # fmt: skip


def test_a_clean_machine_and_bundle_have_no_findings() -> None:
    assert lint_state_machine(machine(), source="clean") == []
    assert lint_bundle(bundle(), machine()) == []


@pytest.mark.parametrize(
    ("rule", "place", "change"), BROKEN, ids=[f"{b[0]}-{at}" for at, b in enumerate(BROKEN)]
)
def test_rule_finds_what_it_is_for(rule: str, place: str, change: Breaker) -> None:
    definition, package = machine(), bundle()
    change(definition, package)
    found = [each for each in lint_bundle(package, definition, source="m") if each.id == rule]
    assert [each for each in found if each.path.startswith(f"m#{place}")], found
    assert all(each.level == RULES[rule].level and each.message and each.fix for each in found)


def test_every_rule_is_broken_by_some_case() -> None:
    assert {case[0] for case in BROKEN} == set(RULES)


@pytest.mark.parametrize(
    "condition",
    ["{% $states.input.count < 100 %}", "{% $millis() - $states.input.since > 3600000 %}"],
    ids=["counted", "timed"],
)
def test_a_loop_that_a_choice_bounds_is_fine(condition: str) -> None:
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "Seconds": "{% $max([30, $min([300, $millis() / 1000])]) %}", "Next": "Enough"},
            "Enough": {"Type": "Choice", "Choices": [{"Condition": condition, "Next": "Done"}], "Default": "Wait"},
            "Done": {"Type": "Succeed"},
        },
    }  # fmt: skip
    assert lint_state_machine(definition, source="m") == []


def test_a_loop_that_waits_is_bounded_by_the_timeout_of_the_machine() -> None:
    definition = {
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "Seconds": 30, "Next": "Ask"},
            "Ask": {"Type": "Choice", "Choices": [{"Variable": "$.done", "BooleanEquals": True, "Next": "Done"}],
                    "Default": "Wait"},
            "Done": {"Type": "Succeed"},
        },
    }  # fmt: skip
    assert [each.id for each in lint_state_machine(definition, source="m")] == ["BY203"]
    assert lint_state_machine({**definition, "TimeoutSeconds": 86_400}, source="m") == []
    too_long = lint_state_machine({**definition, "TimeoutSeconds": 864_000}, source="m")
    assert [each.id for each in too_long] == ["BY201"]


def test_a_distributed_map_has_a_history_of_its_own() -> None:
    definition = machine()
    each = definition["States"]["Each"]
    each["Items"] = "{% $states.input.items %}"
    each["ItemProcessor"]["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    assert lint_state_machine(definition, source="m") == []


def test_waiting_in_the_items_of_an_express_distributed_map_is_found() -> None:
    definition = machine()
    processor = definition["States"]["Each"]["ItemProcessor"]
    processor["States"]["Item"] = batch_task(End=True)
    processor["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    assert [each.id for each in lint_state_machine(definition, source="m")] == ["BY104"]


def test_an_accepted_finding_is_left_out_for_that_state_and_rule_only() -> None:
    definition = machine()
    for name in ("Align", "Report"):
        del definition["States"][name]["TimeoutSeconds"]
    definition["States"]["Report"]["Comment"] = "Sends mail; lint: ignore BY101 answers within a second"
    assert [(each.id, each.state) for each in lint_state_machine(definition, source="m")] == [
        ("BY101", "Align")
    ]


def test_a_suppression_on_a_parallel_does_not_cover_the_states_inside() -> None:
    definition = copy.deepcopy(machine())
    both = definition["States"]["Both"]
    both["Comment"] = "lint: ignore BY101 the branches are quick enough"
    both["Branches"][0] = {"StartAt": "T", "States": {"T": batch_task(End=True)}}
    del both["Branches"][0]["States"]["T"]["TimeoutSeconds"]
    assert [(each.id, each.state) for each in lint_state_machine(definition, source="m")] == [("BY101", "T")]
