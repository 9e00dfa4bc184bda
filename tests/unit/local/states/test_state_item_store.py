"""Items and results of Distributed Maps: calls of the local environment's S3, with the machine's role."""

from __future__ import annotations

import io
import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from batchyard.asl.engine.tasks import Effect, Failed, Outcome, ReadItems, Succeeded, WriteResults
from batchyard.local.batch.host import CredentialsError, Scope
from batchyard.local.states.item_store import ItemStore

ARN = "arn:aws:states:eu-west-1:000000000000:execution:machine:run"
ROLE = "arn:aws:iam::000000000000:role/machine"
RUN = "arn:aws:states:eu-west-1:000000000000:mapRun:machine/each:ad9b5f27-090b-3ac6-9beb-243cd77144a7"


class S3:
    """Answers as boto3 does, one object a page."""

    def __init__(self, **objects: bytes) -> None:
        self.objects = objects
        self.asked: list[dict[str, Any]] = []
        self.before: Callable[[], object] = lambda: None

    def get_object(self, **asked: Any) -> dict[str, Any]:
        from botocore.exceptions import ClientError
        from botocore.response import StreamingBody

        self.asked.append(asked)
        self.before()
        if asked["Key"] not in self.objects:
            told = {"Error": {"Code": "NoSuchKey", "Message": "The specified key does not exist."}}
            raise ClientError(
                told | {"ResponseMetadata": {"HTTPStatusCode": 404, "RequestId": "R1"}}, "GetObject"
            )
        body = self.objects[asked["Key"]]
        return {"Body": StreamingBody(io.BytesIO(body), len(body))}

    def list_objects_v2(self, **asked: Any) -> dict[str, Any]:
        keys = [key for key in sorted(self.objects) if key.startswith(asked["Prefix"])]
        at = int(asked.get("ContinuationToken", 0))
        modified = datetime.fromtimestamp(1668699881, UTC)
        contents = [
            {"Key": key, "Size": len(self.objects[key]), "ETag": '"e"', "LastModified": modified}
            for key in keys[at : at + 1]
        ]
        more = at + 1 < len(keys)
        return {"Contents": contents, "IsTruncated": more, "NextContinuationToken": str(at + 1)}

    def put_object(self, **asked: Any) -> None:
        self.objects[asked["Key"]] = asked["Body"]


class Roles:
    """Knows one role."""

    def __init__(self) -> None:
        self.refused: dict[tuple[str, str], str] = {}

    def acts_in(self, scope: Scope, role_arn: str) -> Scope:
        return scope

    def credentials(self, scope: Scope, role_arn: str, machine_role: str) -> Mapping[str, str]:
        assert (scope, machine_role) == (Scope("000000000000", "eu-west-1"), "")
        if role_arn != ROLE:
            raise CredentialsError(f"The role {role_arn} can not be assumed")
        return {"AWS_ACCESS_KEY_ID": "key"}

    def refusal(self, scope: Scope, role_arn: str, action: str, resource: str) -> str | None:
        return self.refused.get((action, resource))


class Bench:
    """An item store on a fake S3, and what it told."""

    def __init__(self, client: S3) -> None:
        self.told: queue.Queue[tuple[str, Outcome]] = queue.Queue()
        self.clients: list[tuple[str, str, str]] = []

        def connect(service: str, region: str, keys: Mapping[str, str]) -> S3:
            self.clients.append((service, region, keys["AWS_ACCESS_KEY_ID"]))
            return client

        self.roles = Roles()
        self.store = ItemStore("http://127.0.0.1:1", self.roles, connect)

    def outcome(self, effect: Effect) -> Outcome:
        self.store.start(effect, lambda effect_id, outcome: self.told.put((effect_id, outcome)))
        effect_id, outcome = self.told.get(timeout=5)
        assert effect_id == effect.id
        return outcome


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench(S3(**{"in/a": b"[1, 2]", "in/b": b"[3]"}))
    yield made
    made.store.close()


def reads(action: str, role: str = ROLE, **parameters: str) -> ReadItems:
    reader = {"Resource": f"arn:aws:states:::s3:{action}", "ReaderConfig": {"InputType": "JSON"}}
    return ReadItems(f"{ARN}#4", ARN, role, "Map", {**reader, "Parameters": {"Bucket": "data", **parameters}})


def test_an_object_is_read_with_the_role_in_the_region_of_the_execution(bench: Bench) -> None:
    assert bench.outcome(reads("getObject", Key="in/a")) == Succeeded(
        {"Items": [1, 2], "Sources": [[2, "S3://data/in/a"]]}
    )
    assert bench.clients == [("s3", "eu-west-1", "key")]


def test_a_listing_is_read_to_its_last_page(bench: Bench) -> None:
    outcome = bench.outcome(reads("listObjectsV2", Prefix="in/"))
    assert isinstance(outcome, Succeeded)
    assert [each["Key"] for each in outcome.output["Items"]] == ["in/a", "in/b"]
    assert outcome.output["Items"][0]["LastModified"] == 1668699881


def test_a_refusal_is_told_in_the_words_of_the_sdk(bench: Bench) -> None:
    outcome = bench.outcome(reads("getObject", Key="other"))
    assert isinstance(outcome, Failed)
    assert outcome.error == "States.ItemReaderFailed"
    assert (outcome.cause or "").startswith(
        "The specified key does not exist. (Service: S3, Status Code: 404, Request ID: R1)"
    )


def test_version_and_owner_are_asked_for(bench: Bench) -> None:
    client = S3(k=b"[]")
    other = Bench(client)
    other.outcome(reads("getObject", Key="k", VersionId="v", ExpectedBucketOwner="000000000000"))
    assert client.asked == [
        {"Bucket": "data", "Key": "k", "VersionId": "v", "ExpectedBucketOwner": "000000000000"}
    ]
    other.store.close()


def test_a_role_that_can_not_be_assumed_fails_the_map_run(bench: Bench) -> None:
    outcome = bench.outcome(reads("getObject", role="arn:aws:iam::000000000000:role/none", Key="in/a"))
    assert isinstance(outcome, Failed)
    assert outcome.error == "States.Permissions"


@pytest.mark.parametrize("action", ["StartExecution", "DescribeExecution", "StopExecution"])
def test_a_role_that_may_run_no_children_fails_the_map_run(bench: Bench, action: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html"""
    machine = ARN.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    runs = machine.replace(":stateMachine:", ":execution:") + ":*"
    resource = machine if action == "StartExecution" else runs
    bench.roles.refused[f"states:{action}", resource] = "not authorized"
    assert bench.outcome(reads("getObject", Key="in/a")) == Failed("States.Permissions", "not authorized")


def test_results_are_written() -> None:
    client = S3()
    bench = Bench(client)
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out", "Prefix": "p"}}
    records = ({"Status": "SUCCEEDED", "Output": "1"},)
    outcome = bench.outcome(WriteResults(f"{ARN}#4.results", ARN, ROLE, "Map", writer, RUN, records))
    folder = f"p/{RUN.rpartition(':')[2]}"
    assert outcome == Succeeded({"Bucket": "out", "Key": f"{folder}/manifest.json"})
    assert json.loads(client.objects[f"{folder}/SUCCEEDED_0.json"]) == list(records)
    bench.store.close()


def test_nothing_is_told_after_a_cancel() -> None:
    client = S3(k=b"[]")
    bench, go_on = Bench(client), threading.Event()
    client.before = lambda: go_on.wait(5)
    cancelled = reads("getObject", Key="k")
    bench.store.start(cancelled, lambda effect_id, outcome: bench.told.put((effect_id, outcome)))
    bench.store.cancel(cancelled, "stopped")
    go_on.set()
    bench.store.close(wait=True)
    assert bench.told.empty()


def test_what_was_under_way_at_a_restart_is_done_again(bench: Bench) -> None:
    effect = reads("getObject", Key="in/b")
    bench.store.resume(effect, None, lambda effect_id, outcome: bench.told.put((effect_id, outcome)))
    assert isinstance(bench.told.get(timeout=5)[1], Succeeded)
