"""Distributed Maps on mocks: their items and results are the case's.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.workflow_test.conftest import INNER, MOCKS, each

from batchyard.manifest.marked import Marked
from batchyard.workflow_test.loading import answers
from batchyard.workflow_test.running import Outcome

Execute = Callable[..., Outcome]
DISTRIBUTED = {
    "processor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
    "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}},
}


WRITER = {
    "ResultWriter": {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket": "b", "Prefix": "p"},
    }
}


def test_results_of_a_distributed_map_are_written_nowhere(execute: Execute) -> None:
    mocks = {"Each": {"items": [1, 2]}, "T": {"item": 1, "result": "one"}}
    mocks["T"] = [mocks["T"], {"result": "any"}]
    outcome = execute(each(INNER, **DISTRIBUTED, **WRITER), mocks=mocks)
    assert outcome.status == "SUCCEEDED", outcome.cause
    written = outcome.output["ResultWriterDetails"]
    assert (written["Bucket"], written["Key"][:2], written["Key"][-14:]) == ("b", "p/", "/manifest.json")
    assert outcome.iterations == {"Each": {"0": ["T"], "1": ["T"]}}
    assert [sent.place for sent in outcome.sent] == [(0,), (1,)]
    failed = {"Each": answers(Marked({"w": {"error": "States.ResultWriterFailed"}}, {}, "w"), ("w",))}
    outcome = execute(each(INNER, **DISTRIBUTED, **WRITER), mocks=mocks, written=failed)
    assert (outcome.status, outcome.error) == ("FAILED", "States.ResultWriterFailed")


@pytest.mark.parametrize(
    ("mock", "items"),
    [
        ({"items": [{"k": 2}, {"k": 3}]}, ["two", "any"]),
        ({"items_file": "items.csv"}, ["any", "any"]),
        ({"items_file": "items.jsonl"}, ["two"]),
        ({"items_file": "items.json"}, ["any", "two", "any"]),
    ],
)
def test_items_of_a_distributed_map_come_from_the_case_or_a_file(
    execute: Execute, tmp_path: Path, mock: dict[str, Any], items: list[str]
) -> None:
    (tmp_path / "items.csv").write_text("k,v\n2,x\n3,y\n")
    (tmp_path / "items.jsonl").write_text('{"k": 2}\n\n')
    (tmp_path / "items.json").write_text('[1, {"k": 2}, 3]')
    mocks = {"Each": mock, "T": MOCKS[2:]}
    outcome = execute(each(INNER, **DISTRIBUTED), mocks=mocks, folder=tmp_path)
    assert (outcome.status, outcome.output) == ("SUCCEEDED", items), outcome.cause
    assert outcome.visits["T"] == len(items)
