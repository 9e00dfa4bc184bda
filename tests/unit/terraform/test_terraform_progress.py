from __future__ import annotations

import json
from typing import Any

from batchyard.terraform.progress import Step, Stream


def hook(kind: str, address: str, action: str, seconds: float = 0) -> dict[str, Any]:
    return {
        "type": kind,
        "hook": {"resource": {"addr": address}, "action": action, "elapsed_seconds": seconds},
    }


EVENTS = [
    {"type": "version", "terraform": "1.11.4"},
    hook("apply_start", "aws_vpc.this", "create"),
    hook("apply_progress", "aws_vpc.this", "create", 10),
    hook("apply_complete", "data.aws_ami.x", "read", 1),
    hook("apply_complete", "aws_vpc.this", "create", 12),
    {"type": "log", "@message": "\nInterrupt received.\nPlease wait for Terraform to exit"},
    hook("apply_complete", "aws_sqs_queue.old", "delete", 3.4),
    hook("apply_errored", "aws_batch_job_queue.this", "update", 30),
    {"type": "diagnostic", "diagnostic": {"severity": "error", "summary": "creating queue"}},
]


def fed(events: list[dict[str, Any]], total: int) -> tuple[Stream, list[str]]:
    lines: list[str] = []
    stream = Stream(lambda step: lines.append(step.line()), total=total)
    for event in events:
        stream.line(json.dumps(event))
    return stream, lines


def test_one_line_per_resource_that_is_done() -> None:
    stream, lines = fed(EVENTS, total=3)
    assert lines == [
        "[1/3] aws_vpc.this created in 12 s",
        "[1/3] stopping: Terraform finishes what it has begun",
        "[2/3] aws_sqs_queue.old destroyed in 3 s",
        "[3/3] aws_batch_job_queue.this not updated in 30 s",
    ]
    assert [item["summary"] for item in stream.diagnostics] == ["creating queue"]


def test_more_steps_than_planned_never_read_as_more_than_all() -> None:
    _, lines = fed(EVENTS, total=1)
    assert lines[-1].startswith("[3/3]")


def test_an_unknown_total_is_left_out() -> None:
    assert Step(2, 0, "aws_vpc.this created in 1 s").line() == "aws_vpc.this created in 1 s"


def test_lines_that_are_no_events_are_kept_as_text() -> None:
    stream = Stream(lambda step: None)
    stream.line("Error: Failed to load plugin schemas\n")
    assert stream.text == ["Error: Failed to load plugin schemas\n"]
