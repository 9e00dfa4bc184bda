from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.runs.run_records import NAME, execution

from batchyard.runs.causes import sentence
from batchyard.runs.report import RunReport

DETAIL: dict[str, Any] = {
    "JobName": f"Align-{NAME}",
    "JobId": "e01009b6",
    "Status": "FAILED",
    "StatusReason": "Essential container in task exited",
    "Attempts": [{"Container": {"ExitCode": 65}, "StatusReason": "Essential container in task exited"}],
    "Container": {"ExitCode": 65, "Reason": "OutOfMemoryError", "LogStreamName": "align/default/1"},
}
TOLD = (
    f"job Align-{NAME} (e01009b6) failed: Essential container in task exited; exit code 65; "
    "OutOfMemoryError; log stream align/default/1"
)


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        (DETAIL, TOLD),
        ({"JobId": "j", "StatusReason": "Job timed out", "Container": {}}, "job j failed: Job timed out"),
        ({"JobId": "j", "Container": None}, "job j failed: AWS Batch gives no reason"),
        (
            {"JobId": "j", "Container": {"ExitCode": 0, "Reason": "Host EC2 terminated"}},
            "job j failed: exit code 0; Host EC2 terminated",
        ),
        (
            {"errorType": "RejectedError", "errorMessage": "no queue", "stackTrace": ["x"]},
            "RejectedError: no queue",
        ),
    ],
)
def test_documents_become_sentences(detail: dict[str, Any], told: str) -> None:
    for indent in (None, 2):  # a line of JSON, or a page of it
        assert (
            sentence("States.TaskFailed", json.dumps(detail, indent=indent)) == f"States.TaskFailed: {told}"
        )


def test_words_stay_as_they_are_and_pages_are_cut() -> None:
    assert sentence("JobFailed", "align: exit code 65") == "JobFailed: align: exit code 65"
    assert sentence("States.Timeout", "") == "States.Timeout"
    assert sentence("", "stopped by hand") == "stopped by hand"
    assert sentence("", "") == ""
    long = sentence("E", json.dumps(DETAIL | {"Environment": "x" * 40_000})[:32_768])  # AWS cuts causes, too
    assert len(long) < 410
    assert sentence("E", json.dumps({"a": [1, 2]}, indent=1)) == 'E: { "a": [ 1, 2 ] }'


def test_programs_get_the_raw_cause_and_the_reason_in_words() -> None:
    cause = json.dumps(DETAIL)
    run = RunReport("exome", execution("FAILED", error="States.TaskFailed", cause=cause), [])
    document = run.document()
    assert (document["error"], document["cause"]) == ("States.TaskFailed", cause)
    assert document["reason"] == run.why() == f"States.TaskFailed: {TOLD}"
    assert "reason" not in RunReport("exome", execution(), []).document()


def test_an_error_that_its_cause_names_again_is_named_once() -> None:
    cause = json.dumps({"errorType": "BadInput", "errorMessage": "no such sample", "stackTrace": []})
    assert sentence("BadInput", cause) == "BadInput: no such sample"
    assert sentence("States.TaskFailed", cause) == "States.TaskFailed: BadInput: no such sample"
