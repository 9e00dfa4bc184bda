"""`batchyard workflow test`: what it prints, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from batchyard.__main__ import main

FAILING = """\
cases:
  lost-instead:
    input: {text: hello, urgent: true}
    mocks:
      Ask: [{error: SQS.SqsException, cause: busy}, {result: {MessageId: m-2}, after: 3}]
    expect:
      output: {sent: {MessageId: m-1, more: [1]}, text: hello}
      path: [Ask, ..., Lost]
      visits: {Later: 1}
      attempts: {Ask: 1}
      arguments: {Ask: [{}, {MessageBody: bye}, {}]}
      event_counts: {TaskFailed: 2}
      events: [TaskSucceeded, TaskFailed]
      elapsed: {min: 20, max: 1m}
      variables: {n: 1}
"""
TOLD = """\
FAIL  cases/lost-instead  N ms
      templates/workflows/ask/tests/cases.yaml:2
      output.sent.MessageId: expected "m-1", got "m-2"
      output.sent.more: expected [1], and there is none
      path: expected Ask → ... → Lost, got Ask → Urgent → Done
      visits.Later: expected 1, got 0
      attempts.Ask: expected 1, got 2
      arguments.Ask: expected 3 calls, got 2
      arguments.Ask[1].MessageBody: expected "bye", got "hello"
      events: expected in this order TaskSucceeded, TaskFailed, got ExecutionStarted, TaskStateEntered, \
TaskScheduled, TaskStarted, TaskFailed, TaskScheduled, TaskStarted, TaskSucceeded, TaskStateExited, \
ChoiceStateEntered, ChoiceStateExited, SucceedStateEntered, SucceedStateExited, ExecutionSucceeded
      event_counts.TaskFailed: expected 2, got 1
      elapsed: expected 20 to 60 s, got 13 s
      variables.n: expected 1, and there is none
      path: Ask → Urgent → Done
      last events:
           7 +10s TaskStarted Ask
           8 +13s TaskSucceeded Ask output {"MessageId":"m-2"}
           9 +13s TaskStateExited Ask output {"text":"hello","urgent":true,"sent":{"MessageId":"m-2"}}
          10 +13s ChoiceStateEntered Urgent input {"text":"hello","urgent":true,"sent":{"MessageId":"m-2"}}
          11 +13s ChoiceStateExited Urgent output {"text":"hello","urgent":true,"sent":{"MessageId":"m-2"}}
          12 +13s SucceedStateEntered Done input {"text":"hello","urgent":true,"sent":{"MessageId":"m-2"}}
          13 +13s SucceedStateExited Done output {"text":"hello","urgent":true,"sent":{"MessageId":"m-2"}}
          14 +13s ExecutionSucceeded output {"text":"hello","urgent":true,"sent":{"MessageId":"m-2"}}
ask: 0 of 1 cases passed in N ms
coverage	states	choices	retriers	catchers
ask (local)	3/5	1/2	1/1	0/1
not covered in ask (local): state Later
not covered in ask (local): state Lost
not covered in ask (local): choice Urgent: default → Later
not covered in ask (local): catcher Ask: catcher 0 (States.ALL) → Lost
"""


def timeless(text: str) -> str:
    return re.sub(r"\b[0-9.]+ ms", "N ms", text)


def test_a_failed_case_tells_all_that_helps_to_see_why(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases.write_text(FAILING)
    assert main(["workflow", "test", "ask"]) == 1
    assert timeless(capsys.readouterr().out) == TOLD


def test_cases_that_pass_are_a_line_each(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["workflow", "test"]) == 0
    assert timeless(capsys.readouterr().out).splitlines()[:5] == [
        "ok    cases/urgent  N ms",
        "ok    cases/later  N ms",
        "ask: 2 of 2 cases passed in N ms",
        "coverage\tstates\tchoices\tretriers\tcatchers",
        "ask (local)\t4/5\t2/2\t0/1\t0/1",
    ]


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{}", "status: expected SUCCEEDED, got FAILED (Lost, nobody has taken it)"),
        ("{status: FAILED, error: Other}", "error: expected Other, got Lost"),
        (
            "{status: FAILED, cause: somebody}",
            'cause: expected one with "somebody", got "nobody has taken it"',
        ),
        ("{status: FAILED, visits: {Ax: 0}}", "expects something of Ax: there is no such state"),
        ("{status: FAILED, path: [Ask]}", "path: expected Ask, got Ask → Lost"),
    ],
)
def test_each_expectation_that_fails_is_a_sentence(
    cases: Path, capsys: pytest.CaptureFixture[str], expect: str, told: str
) -> None:
    cases.write_text(f"cases: {{c: {{input: {{text: x}}, mocks: {{Ask: {{error: E}}}}, expect: {expect}}}}}")
    assert main(["workflow", "test", "ask"]) == 1
    assert f"      {told}\n" in capsys.readouterr().out


def test_an_output_may_be_held_exactly(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases.write_text(cases.read_text().replace("output: {sent", "output_exact: {urgent: 1, sent"))
    assert main(["workflow", "test", "--all", "--case", "urgent"]) == 1
    out = capsys.readouterr().out
    assert "      output.urgent: expected 1, got true\n" in out
    assert '      output.text: expected none, got "hello"\n' in out


def test_a_task_without_a_mock_fails_its_case(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases.write_text("cases: {bare: {input: {text: x}}}")
    assert main(["workflow", "test", "ask"]) == 1
    assert (
        "      state Ask calls arn:aws:states:::sqs:sendMessage, and it has no mock; its input is "
        '{"text": "x"}\n'
    ) in capsys.readouterr().out


def test_json_has_cases_and_coverage(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases.write_text(cases.read_text().replace("elapsed: 60", "elapsed: 61"))
    assert main(["workflow", "test", "ask", "--output", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["passed"] is False
    urgent, later = document["workflows"]["ask"]["cases"]
    assert (urgent["passed"], urgent["status"], urgent["path"], urgent["problems"]) == (
        True,
        "SUCCEEDED",
        ["Ask", "Urgent", "Done"],
        [],
    )
    assert later["problems"] == ["elapsed: expected 61 s, got 60 s"]
    assert [event["type"] for event in later["events"]][-1] == "ExecutionSucceeded"
    [coverage] = document["workflows"]["ask"]["coverage"]
    assert coverage["choices"] == {"covered": 2, "total": 2}
    assert coverage["missing"] == [
        {"kind": "states", "name": "Lost"},
        {"kind": "retriers", "name": "Ask: retrier 0 (SQS.SqsException)"},
        {"kind": "catchers", "name": "Ask: catcher 0 (States.ALL) → Lost"},
    ]


@pytest.mark.parametrize(("least", "code"), [("66", 0), ("67", 1)])
def test_too_little_coverage_fails(
    project: Path, capsys: pytest.CaptureFixture[str], least: str, code: int
) -> None:
    assert main(["workflow", "test", "ask", "--coverage-min", least]) == code
    err = capsys.readouterr().err
    assert err == ("" if not code else "error: ask: coverage is 66.6 %, and at least 67 % is asked\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["aks"], "no workflow folder aks"),
        (["ask", "--case", "x"], "no case of ask matches x"),
        (["ask", "--all"], "workflows are named, and --all is given"),
        (["ask", "--env", "nowhere"], "unknown environment nowhere"),
        (["ask", "--coverage-min", "101"], "101"),
    ],
)
def test_wrong_usage_ends_with_2(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(["workflow", "test", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_no_cases_at_all_is_told(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases.unlink()
    assert main(["workflow", "test"]) == 2
    assert "no workflow has test cases" in capsys.readouterr().err
    assert main(["workflow", "test", "ask"]) == 2
    assert "workflow ask has no test cases" in capsys.readouterr().err


def test_a_wrong_file_ends_with_1_and_its_line(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases.write_text("cases: {c: {inptu: 1}}")
    assert main(["workflow", "test", "ask"]) == 1
    assert capsys.readouterr().err == (
        "error: templates/workflows/ask/tests/cases.yaml:1: unknown key cases.c.inptu\n"
        "  did you mean input?\n"
    )


def test_a_machine_that_can_not_be_created_is_not_run(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = project / "templates/workflows/ask/state-machine.asl.yaml.j2"
    template.write_text(template.read_text().replace("Default: Later", "Default: Latre"))
    assert main(["workflow", "test", "ask"]) == 1
    assert capsys.readouterr().err == (
        "error: templates/workflows/ask/state-machine.asl.yaml.j2 (local): "
        "Missing 'Next' target: Latre at /States/Urgent/Default; "
        'State "Later" is not reachable. at /States/Later\n'
    )


def test_nothing_is_written(project: Path) -> None:
    before = sorted(project.rglob("*"))
    assert main(["workflow", "test", "ask"]) == 0
    assert sorted(project.rglob("*")) == before
