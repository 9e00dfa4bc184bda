"""ResultWriter: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.asl.items.memory import MemoryStore

from batchyard.asl.errors import StatesError
from batchyard.asl.items import write

RUN = "arn:aws:states:us-east-1:000000000000:mapRun:orders/get:ad9b5f27-090b-3ac6-9beb-243cd77144a7"
FOLDER = "jobs/ad9b5f27-090b-3ac6-9beb-243cd77144a7"


def record(status: str, output: object = None) -> dict[str, Any]:
    return {"ExecutionArn": "e", "Status": status} | (
        {"Output": json.dumps(output)} if status == "SUCCEEDED" else {"Error": "E"}
    )


RECORDS = [
    record("SUCCEEDED", [{"n": 1}, {"n": 2}]),
    record("FAILED"),
    record("SUCCEEDED", 3),
    record("PENDING"),
]
RECORDS += [record("ABORTED"), record("TIMED_OUT")]


def written(config: dict[str, str] | None = None, prefix: str = "jobs", **options: Any) -> MemoryStore:
    store = MemoryStore(out={})
    writer: dict[str, Any] = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket": "out", "Prefix": prefix},
    }
    if config is not None:
        writer["WriterConfig"] = config
    found = write(writer, RUN, RECORDS, store, **options)
    assert found["Bucket"] == "out"
    assert found["Key"] in store.buckets["out"]
    return store


def content(store: MemoryStore, name: str) -> Any:
    return json.loads(store.buckets["out"][f"{FOLDER}/{name}"])


def test_the_manifest_names_the_files_of_each_status() -> None:
    store = written()
    assert content(store, "manifest.json") == {
        "DestinationBucket": "out",
        "MapRunArn": RUN,
        "ResultFiles": {
            status: [
                {
                    "Key": f"{FOLDER}/{status}_0.json",
                    "Size": len(store.buckets["out"][f"{FOLDER}/{status}_0.json"]),
                }
            ]
            for status in ("FAILED", "PENDING", "SUCCEEDED")
        },
    }


def test_executions_are_told_in_full_by_default_and_failures_stand_together() -> None:
    store = written()
    assert content(store, "SUCCEEDED_0.json") == [RECORDS[0], RECORDS[2]]
    assert content(store, "FAILED_0.json") == [RECORDS[1], RECORDS[4], RECORDS[5]]
    assert content(store, "PENDING_0.json") == [RECORDS[3]]


@pytest.mark.parametrize(
    ("transformation", "results"),
    [("COMPACT", [[{"n": 1}, {"n": 2}], 3]), ("FLATTEN", [{"n": 1}, {"n": 2}, 3])],
)
def test_successes_may_be_compacted_or_flattened_and_failures_not(
    transformation: str, results: list[Any]
) -> None:
    store = written({"Transformation": transformation})
    assert content(store, "SUCCEEDED_0.json") == results
    assert content(store, "FAILED_0.json") == [RECORDS[1], RECORDS[4], RECORDS[5]]


def test_json_lines() -> None:
    store = written({"Transformation": "COMPACT", "OutputType": "JSONL"})
    assert store.buckets["out"][f"{FOLDER}/SUCCEEDED_0.jsonl"] == b'[{"n": 1}, {"n": 2}]\n3\n'


def test_no_status_without_executions_has_a_file() -> None:
    store = MemoryStore(out={})
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out"}}
    key = write(writer, RUN, RECORDS[:1], store)["Key"]
    assert key == "ad9b5f27-090b-3ac6-9beb-243cd77144a7/manifest.json"
    assert json.loads(store.buckets["out"][key])["ResultFiles"]["FAILED"] == []
    assert len(store.buckets["out"]) == 2


def test_a_file_that_would_be_too_large_is_followed_by_another() -> None:
    store = written(max_file_bytes=120)
    assert content(store, "FAILED_0.json") == [RECORDS[1], RECORDS[4]]
    assert content(store, "FAILED_1.json") == [RECORDS[5]]
    assert all(len(body) <= 120 for key, body in store.buckets["out"].items() if "manifest" not in key)


def test_what_the_store_says_is_the_cause() -> None:
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "other"}}
    with pytest.raises(StatesError) as error:
        write(writer, RUN, RECORDS, MemoryStore())
    assert error.value.error == "States.ResultWriterFailed"
    assert error.value.cause == "The specified bucket does not exist"
