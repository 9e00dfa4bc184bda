"""Begun, resumed, cancelled: what the interpreter is told, and what goes on."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from tests.unit.local.tasks.fakes import Client, Environment, task, until

from batchyard.asl.engine.tasks import ReadItems, Submitted, Succeeded

JOB = {"JobName": "n", "JobQueue": "q", "JobDefinition": "d"}
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:inner"
MESSAGE = {"QueueUrl": "u", "MessageBody": "x"}
ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:work"


def test_start_does_not_wait_for_the_call(env: Environment) -> None:
    env.clients["sqs"] = Client({"MessageId": "m"})
    held = env.clients["sqs"].held = threading.Event()
    env.runner.start(task("sqs:sendMessage", MESSAGE), env.told)
    assert env.told.outcomes == []
    held.set()
    assert env.told.wait().output["MessageId"] == "m"


def test_a_thousand_jobs_wait_without_a_thread_each(env: Environment) -> None:
    for number in range(1000):
        env.runner.start(task("batch:submitJob.sync", JOB, id=f"e#{number}"), env.told)
    env.told.wait(1000)
    until(lambda: len(env.batch.waiting) == 1000)
    assert threading.active_count() < 40
    for callback in env.batch.waiting.values():
        callback({"status": "SUCCEEDED"})
    assert [type(outcome) for _, outcome in env.told.outcomes] == [Submitted] * 1000 + [Succeeded] * 1000


def test_a_cancelled_job_is_terminated_and_told_no_more(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync"""
    call = task("batch:submitJob.sync", JOB)
    env.runner.start(call, env.told)
    env.told.wait()
    env.runner.cancel(call, "stopped")
    until(lambda: len(env.batch.calls) == 2)
    assert env.batch.calls[1][0] == "/v1/terminatejob"
    assert env.batch.calls[1][1]["jobId"] == f"job of {call.id}"
    until(lambda: env.batch.waiting)
    env.batch.waiting[f"job of {call.id}"]({"status": "FAILED"})
    assert len(env.told.outcomes) == 1


def test_a_job_runs_on_where_the_role_may_not_terminate_it(env: Environment) -> None:
    call = task("batch:submitJob.sync", JOB)
    env.iam.refused["batch:TerminateJob"] = "no"
    env.runner.start(call, env.told)
    env.told.wait()
    env.runner.cancel(call, "stopped")
    until(
        lambda: (
            ("batch:TerminateJob", f"arn:aws:batch:us-east-1:000000000000:job/job of {call.id}")
            in env.iam.asked
        )
    )
    assert len(env.batch.calls) == 1


def test_a_cancelled_execution_is_stopped(env: Environment) -> None:
    env.clients["stepfunctions"] = Client({"executionArn": "child"}, {})
    call = task("states:startExecution.sync:2", {"StateMachineArn": MACHINE})
    env.runner.start(call, env.told)
    env.told.wait()
    env.runner.cancel(call, "stopped")
    until(lambda: len(env.clients["stepfunctions"].sent) == 2)
    assert env.clients["stepfunctions"].sent[1] == ("StopExecution", {"executionArn": "child"})


def test_a_cancelled_call_is_told_no_more(env: Environment) -> None:
    env.clients["sqs"] = Client({"MessageId": "m"}, {"MessageId": "n"})
    held = env.clients["sqs"].held = threading.Event()
    call = task("sqs:sendMessage", MESSAGE)
    env.runner.start(call, env.told)
    until(lambda: env.clients["sqs"].sent)
    env.runner.cancel(call, "timed out")
    held.set()
    env.runner.start(task("sqs:sendMessage", MESSAGE, id="e#9"), env.told)
    env.told.wait()
    assert [id_ for id_, _ in env.told.outcomes] == ["e#9"]


@pytest.mark.parametrize("resource", ["sqs:sendMessage", "sqs:sendMessage.waitForTaskToken"])
def test_a_request_that_was_not_told_is_sent_again(env: Environment, resource: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/express-at-least-once-execution.html"""
    env.clients["sqs"] = Client({"MessageId": "m"})
    env.runner.resume(task(resource, MESSAGE), None, env.told)
    assert env.told.wait().output["MessageId"] == "m"


def test_what_was_submitted_is_only_waited_for(env: Environment) -> None:
    env.runner.resume(task("batch:submitJob.sync", JOB), {"JobId": "j"}, env.told)
    until(lambda: env.batch.waiting)
    env.batch.waiting["j"]({"status": "SUCCEEDED"})
    assert env.told.wait() == Succeeded({"Status": "SUCCEEDED"})
    assert env.batch.tokens == []


def test_a_job_that_was_not_told_is_submitted_under_the_same_token(env: Environment) -> None:
    call = task("batch:submitJob.sync", JOB)
    env.runner.start(call, env.told)
    env.runner.resume(call, None, env.told)
    env.told.wait(2)
    assert env.batch.tokens == [call.id, call.id]


def test_a_token_that_was_sent_is_waited_for_by_nobody_here(env: Environment) -> None:
    env.runner.resume(task("sqs:sendMessage.waitForTaskToken", MESSAGE), {"MessageId": "m"}, env.told)
    env.runner.close()
    assert env.connected == []


def test_activities_go_to_their_workers(env: Environment) -> None:
    call = task(ACTIVITY, {})
    env.runner.start(call, env.told)
    env.runner.resume(call, None, env.told)
    env.runner.cancel(call, "timed out")
    assert [what for _, what in env.activities.outcomes] == ["scheduled", "scheduled", "cancelled"]  # type: ignore[comparison-overlap]


def test_items_are_read_elsewhere() -> None:
    from batchyard.local.tasks import LocalRunner, Services

    class Items:
        def __init__(self) -> None:
            self.done: list[str] = []

        def start(self, effect: Any, report: Any) -> None:
            self.done.append("start")

        def resume(self, effect: Any, submitted: Any, report: Any) -> None:
            self.done.append("resume")

        def cancel(self, effect: Any, reason: str) -> None:
            self.done.append("cancel")

    env, items = Environment(), Items()
    runner = LocalRunner(Services("", env.batch, env.activities, env.executions, items, env.iam))
    effect = ReadItems("e#1", "e", "r", "S", {})
    runner.start(effect, env.told)
    runner.resume(effect, None, env.told)
    runner.cancel(effect, "")
    assert items.done == ["start", "resume", "cancel"]


def test_a_bug_fails_the_task_instead_of_hanging_it(env: Environment) -> None:
    found = env.run("sqs:sendMessage", MESSAGE, ZeroDivisionError("bug"), service="sqs")
    assert (found.error, found.cause) == ("States.Runtime", "ZeroDivisionError: bug")


def test_nothing_begins_after_the_close(env: Environment) -> None:
    env.runner.close()
    env.runner.start(task("sqs:sendMessage", MESSAGE), env.told)
    assert env.connected == []
    assert env.told.outcomes == []


def test_a_call_that_the_environments_end_breaks_off_has_not_failed(env: Environment) -> None:
    env.clients["sqs"] = Client(ConnectionError("closed"))
    held = env.clients["sqs"].held = threading.Event()
    env.runner.start(task("sqs:sendMessage", MESSAGE), env.told)
    until(lambda: env.clients["sqs"].sent)
    env.runner.close()
    held.set()
    until(lambda: not env.runner._open)
    assert env.told.outcomes == []
