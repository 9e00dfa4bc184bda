"""Distributed Map: events, children, items.

Order and links of events as recorded from the service, in the snapshots of
https://github.com/localstack/localstack/tree/master/tests/aws/services/stepfunctions/v2; what a map run is:
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.unit.asl.engine.maps import PASS, Runner, World, brief, details, machine, reader
from tests.unit.asl.items.memory import MemoryStore

from batchyard.asl.engine import virtual
from batchyard.asl.engine.history import render

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def inputs(world: World) -> list[Any]:
    """Return what the children were given."""
    return [json.loads(each.input) for each in world.journal.children]


def test_events_of_a_map_over_an_array_of_its_input() -> None:
    world = World()
    execution = world.run(machine(), ["Hello", "World"])
    assert brief(execution.history) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "MapStateEntered"),
        (3, 2, "MapStateStarted"),
        (4, 3, "MapRunStarted"),
        (5, 4, "MapRunSucceeded"),
        (6, 5, "MapStateSucceeded"),
        (7, 5, "MapStateExited"),
        (8, 7, "ExecutionSucceeded"),
    ]
    assert details(execution, "MapStateStarted") == [{"length": 2}]
    assert details(execution, "MapRunStarted") == [{"mapRunArn": world.map_run.arn}]
    assert execution.output == '["Hello","World"]'
    assert "mapRunStartedEventDetails" in render(execution.history[3])


def test_with_jsonata_the_exit_follows_from_the_start_of_the_map_run() -> None:
    """Recorded for readers and batches in JSONata machines."""
    execution = World().run({**machine(), "QueryLanguage": "JSONata"}, ["Hello"])
    assert brief(execution.history[4:]) == [
        (5, 4, "MapRunSucceeded"),
        (6, 5, "MapStateSucceeded"),
        (7, 4, "MapStateExited"),
        (8, 7, "ExecutionSucceeded"),
    ]


def test_events_of_a_map_over_items_that_are_read() -> None:
    """Recorded: the length is told as 0, because nothing has been read yet."""
    world = World(Runner(store=MemoryStore(data={"a.csv": "Col1,Col2\n1,2\n3,4\n"})))
    execution = world.run(machine(ItemReader=reader("a.csv", InputType="CSV", CSVHeaderLocation="FIRST_ROW")))
    assert details(execution, "MapStateStarted") == [{"length": 0}]
    assert [each.type for each in execution.history[3:7]] == [
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
    ]
    assert json.loads(execution.output or "") == [{"Col1": "1", "Col2": "2"}, {"Col1": "3", "Col2": "4"}]


def test_items_that_can_not_be_read_fail_the_map_run() -> None:
    """Events and cause as recorded for a JSON file that is no array."""
    world = World(Runner(store=MemoryStore(data={"a.json": '"text"'})))
    execution = world.run(machine(ItemReader=reader("a.json", InputType="JSON")))
    assert brief(execution.history[3:]) == [
        (4, 3, "MapRunStarted"),
        (5, 4, "MapRunFailed"),
        (6, 5, "MapStateFailed"),
        (7, 6, "ExecutionFailed"),
    ]
    told = {"error": "States.ItemReaderFailed", "cause": "Attempting to map over non-iterable node."}
    assert details(execution, "MapRunFailed") == details(execution, "ExecutionFailed") == [told]
    assert world.map_run.describe()["status"] == "FAILED"


def test_a_limit_of_items_that_is_no_integer_fails_the_state_before_its_map_run() -> None:
    """Events and cause as recorded from the service."""
    field = reader("a.json", InputType="JSON", MaxItemsPath="$.MaxItems")
    execution = World().run(machine(ItemReader=field), {"MaxItems": 1.5})
    assert brief(execution.history[2:]) == [(3, 2, "MapStateStarted"), (4, 3, "ExecutionFailed")]
    assert (execution.cause or "").endswith(
        'The MaxItemsPath field refers to value "1.5" which is not a valid integer: $.MaxItems'
    )


def test_an_empty_dataset_is_a_success() -> None:
    assert World().run(machine(), []).output == "[]"


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("STANDARD", f"execution:machine/each:(?P<name>{UUID})"),
        ("EXPRESS", f"express:machine/each:(?P<name>{UUID}):{UUID}"),
    ],
)
def test_names_of_map_run_and_children(kind: str, form: str) -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html"""
    world = World()
    world.run(machine(kind=kind), [1, 2])
    prefix = "arn:aws:states:us-east-1:000000000000:"
    assert re.fullmatch(f"{prefix}mapRun:machine/each:{UUID}", world.map_run.arn)
    for index, child in enumerate(world.journal.children):
        found = re.fullmatch(prefix + form, child.spec.arn)
        assert found
        assert (child.spec.name, child.spec.kind) == (found["name"], kind)
        assert child.spec.machine_arn == f"{prefix}stateMachine:machine/each"
        assert child.spec.child is not None
        assert (child.spec.child.index, child.spec.child.map_run_arn) == (index, world.map_run.arn)
    assert len({child.spec.arn for child in world.journal.children}) == 2


def test_a_map_without_a_label_gets_one_that_stays() -> None:
    definition = machine()
    del definition["States"]["Map"]["Label"]
    worlds = [World(), World()]
    labels = []
    for seed, world in enumerate(worlds):
        world.execution = world.engine.start(virtual.spec(definition, [1], seed=seed))
        world.go()
        labels.append(world.map_run.arn.split(":")[6])
    assert labels[0] == labels[1]
    assert re.fullmatch("machine/[0-9a-f-]{36}", labels[0])


def test_a_child_has_a_history_of_its_own() -> None:
    world = World()
    world.run(machine(), [{"n": 1}])
    (child,) = world.journal.children
    assert [each.type for each in child.history] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert child.input == child.output == '{"n":1}'


def test_members_of_an_object_are_items() -> None:
    world = World()
    execution = world.run(machine(ItemsPath="$.things"), {"things": {"a": 1, "b": [2]}})
    assert inputs(world) == [{"Key": "a", "Value": 1}, {"Key": "b", "Value": [2]}]
    assert details(execution, "MapStateStarted") == [{"length": 2}]


def test_the_context_of_an_item_of_the_input() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html"""
    world = World()
    selector = {"at.$": "$$.Map.Item.Index", "value.$": "$$.Map.Item.Value", "from.$": "$$.Map.Item.Source"}
    world.run(
        machine(ItemSelector={**selector, "all.$": "$.who"}, ItemsPath="$.who"), {"who": ["bob", "meg"]}
    )
    common = {"from": "STATE_DATA", "all": ["bob", "meg"]}
    assert inputs(world) == [{"at": 0, "value": "bob", **common}, {"at": 1, "value": "meg", **common}]


def test_items_and_their_selector_may_both_ask_for_the_context() -> None:
    world = World()
    selector = {"at.$": "$$.Map.Item.Index", "who.$": "$$.Execution.Name"}
    world.run(machine(ItemsPath="$$.Execution.Input.all", ItemSelector=selector), {"all": [7, 8]})
    assert inputs(world) == [{"at": 0, "who": "run"}, {"at": 1, "who": "run"}]


def test_a_map_within_the_children_has_map_runs_of_its_own() -> None:
    inner = machine()
    inner["States"]["Map"]["Label"] = "inner"
    world = World()
    assert world.run(machine(inner), [[1, 2], [3]]).output == "[[1,2],[3]]"
    runs = [run.arn for each in world.journal.children for run in each.map_runs.values()]
    assert [arn.rpartition(":")[0] for arn in runs] == [
        "arn:aws:states:us-east-1:000000000000:mapRun:machine/inner"
    ] * 2


def test_the_context_of_an_item_that_was_read() -> None:
    store = MemoryStore(data={"o.json": '{"a": 1, "b": 2}'})
    world = World(Runner(store=store))
    selector = {"item": "{% $states.context.Map.Item %}"}
    definition = machine(ItemReader=_jsonata(reader("o.json", InputType="JSON")), ItemSelector=selector)
    world.run({**definition, "QueryLanguage": "JSONata"})
    assert inputs(world) == [
        {"item": {"Index": 0, "Key": "a", "Value": 1, "Source": "S3://data/o.json"}},
        {"item": {"Index": 1, "Key": "b", "Value": 2, "Source": "S3://data/o.json"}},
    ]


def test_sources_follow_the_objects_that_items_are_from() -> None:
    store = MemoryStore(data={"in/a": "[1, 2]", "in/b": "[3]"})
    world = World(Runner(store=store))
    listing = {
        "Resource": "arn:aws:states:::s3:listObjectsV2",
        "ReaderConfig": {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"},
        "Parameters": {"Bucket": "data", "Prefix": "in/"},
    }
    world.run(machine(ItemReader=listing, ItemSelector={"from.$": "$$.Map.Item.Source"}))
    assert [each["from"] for each in inputs(world)] == ["S3://data/in/a"] * 2 + ["S3://data/in/b"]


def test_a_reader_may_answer_with_an_array_alone() -> None:
    """As mocks of workflow tests do."""
    from tests.unit.asl.engine.script import Script

    from batchyard.asl.engine.tasks import Succeeded

    execution = virtual.run(
        virtual.spec(machine(ItemReader=reader("k", InputType="JSON"))),
        Script({"Map": [[(0, Succeeded([1, 2]))]]}),
    )
    assert execution.output == "[1,2]"


def test_batches_are_the_inputs_of_children() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html"""
    world = World()
    fields: dict[str, Any] = {"ItemSelector": {"n.$": "$$.Map.Item.Value"}, "ItemsPath": "$.all"}
    batcher = {"MaxItemsPerBatchPath": "$.size", "BatchInput": {"day.$": "$.day"}}
    world.run(machine(**fields, ItemBatcher=batcher), {"all": [1, 2, 3], "size": 2, "day": "Monday"})
    assert inputs(world) == [
        {"BatchInput": {"day": "Monday"}, "Items": [{"n": 1}, {"n": 2}]},
        {"BatchInput": {"day": "Monday"}, "Items": [{"n": 3}]},
    ]
    assert world.counts("itemCounts") == {"succeeded": 3, "total": 3, "resultsWritten": 3}
    assert world.counts() == {"succeeded": 2, "total": 2, "resultsWritten": 2}


def test_an_item_selector_that_fails_fails_the_state() -> None:
    world = World()
    definition = machine(ItemSelector={"x": "{% $number($states.context.Map.Item.Value) %}"})
    execution = world.run({**definition, "QueryLanguage": "JSONata"}, ["1", "no"])
    assert (execution.status, execution.error) == ("FAILED", "States.QueryEvaluationError")
    assert "MapRunFailed" in [each.type for each in execution.history]


def test_an_item_that_is_too_large_for_a_child_fails_the_map_run() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html (256 KiB)"""
    store = MemoryStore(data={"l": json.dumps("x" * 262_144) + "\n"})
    execution = World(Runner(store=store)).run(machine(ItemReader=reader("l", InputType="JSONL")))
    assert execution.error == "States.DataLimitExceeded"


def test_two_runs_with_the_same_seed_are_the_same() -> None:
    runs = [World(), World()]
    for world in runs:
        world.run(machine(steps=PASS), [1, 2, 3])
    first, second = runs
    assert first.execution.history == second.execution.history
    assert [each.spec for each in first.journal.children] == [each.spec for each in second.journal.children]


def _jsonata(field: dict[str, Any]) -> dict[str, Any]:
    return {("Arguments" if key == "Parameters" else key): value for key, value in field.items()}
