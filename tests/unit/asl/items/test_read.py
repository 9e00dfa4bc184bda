"""ItemReader: what is read from objects of each format.

The rules: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from tests.unit.asl.items.memory import MODIFIED, MemoryStore

from batchyard.asl.errors import StatesError
from batchyard.asl.items import Dataset, Location, read

FACTS = [{"verdict": "true"}, {"verdict": "false"}, {"verdict": "mostly-true"}]


def reader(key: str = "data", **config: Any) -> dict[str, Any]:
    return {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": config,
        "Parameters": {"Bucket": "data", "Key": key},
    }


def found(body: bytes | str, key: str = "data", **config: Any) -> Any:
    return read(reader(key, **config), MemoryStore(data={key: body})).items


def refused(body: bytes | str, **config: Any) -> str | None:
    with pytest.raises(StatesError) as error:
        found(body, **config)
    assert error.value.error == "States.ItemReaderFailed"
    return error.value.cause


def test_a_listing_gives_an_item_for_every_object_with_its_metadata() -> None:
    """As in the guide's example, the folders that the S3 console makes included."""
    store = MemoryStore(data={"in/": "", "in/a.jpg": "abc", "other": ""})
    arguments = {"Bucket": "data", "Prefix": "in/"}
    dataset = read({"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": arguments}, store)
    assert list(dataset.items)[1:] == [
        {
            "Etag": '"00000000000000000000000000000003"',
            "Key": "in/a.jpg",
            "LastModified": MODIFIED,
            "Size": 3,
            "StorageClass": "STANDARD",
        }
    ]
    assert [each["Key"] for each in list[Any](dataset.items)] == ["in/", "in/a.jpg"]


def test_a_listing_that_is_loaded_and_flattened_gives_the_items_of_all_objects() -> None:
    store = MemoryStore(data={"in/a": '{"n": 1}\n{"n": 2}\n', "in/b": '{"n": 3}\n'})
    dataset = read(
        {
            "Resource": "arn:aws:states:::s3:listObjectsV2",
            "ReaderConfig": {"InputType": "JSONL", "Transformation": "LOAD_AND_FLATTEN"},
            "Parameters": {"Bucket": "data", "Prefix": "in/"},
        },
        store,
    )
    assert dataset == Dataset([{"n": 1}, {"n": 2}, {"n": 3}], [(2, "S3://data/in/a"), (1, "S3://data/in/b")])


def test_a_source_is_told_as_the_context_object_has_it() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html"""
    store = MemoryStore(data={"k": "[1, 2]"})
    listing = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "data"}}
    assert read(reader("k", InputType="JSON"), store).sources == [(2, "S3://data/k")]
    assert read(listing, store).sources == [(1, "S3://data")]


def test_an_array_of_a_json_file_gives_its_items_and_an_object_itself() -> None:
    assert found(json.dumps(FACTS), InputType="JSON") == FACTS
    assert found('{"a": 1, "b": [2]}', InputType="JSON") == {"a": 1, "b": [2]}


def test_a_pointer_selects_a_node_of_a_json_file() -> None:
    document = json.dumps({"inventory": {"a/b": [{"m~n": [1, 2]}]}})
    assert found(document, InputType="JSON", ItemsPointer="/inventory/a~1b/0/m~0n") == [1, 2]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [("3", ""), ('"text"', ""), ("null", ""), ('{"a": 3}', "/a"), ('{"a": [1]}', "/b"), ("[[1]]", "/7")],
)
def test_what_can_not_be_iterated_over_is_refused_in_the_service_s_words(document: str, pointer: str) -> None:
    """The cause as recorded from the service for a JSON file that is no array."""
    cause = refused(document, InputType="JSON", ItemsPointer=pointer)
    assert cause == "Attempting to map over non-iterable node."


def test_json_lines_give_an_item_a_line() -> None:
    assert found('{"a": "é"}\r\n\n[1]\n"x"', InputType="JSONL") == [{"a": "é"}, [1], "x"]


def test_numbers_of_any_size_stay_what_they_are() -> None:
    assert found("[123456789012345678901234567890]", InputType="JSON") == [123456789012345678901234567890]


def test_an_inventory_gives_the_metadata_of_the_objects_that_it_lists() -> None:
    """Manifest and data file of the guide's example."""
    rows = '"source","csvDataset/titles.csv","3399671","2022-11-16T00:29:32.000Z"\n'
    manifest = {
        "sourceBucket": "source",
        "destinationBucket": "arn:aws:s3:::inventory",
        "version": "2016-11-30",
        "fileFormat": "CSV",
        "fileSchema": "Bucket, Key, Size, LastModifiedDate",
        "files": [{"key": "data/1.csv.gz", "size": 7300, "MD5checksum": "a7ff"}],
    }
    store = MemoryStore(
        data={"manifest.json": json.dumps(manifest)},
        inventory={"data/1.csv.gz": gzip.compress(rows.encode())},
    )
    assert read(reader("manifest.json", InputType="MANIFEST"), store).items == [
        {
            "LastModifiedDate": "2022-11-16T00:29:32.000Z",
            "Bucket": "source",
            "Size": "3399671",
            "Key": "csvDataset/titles.csv",
        }
    ]


def test_an_inventory_that_is_not_in_csv_is_refused() -> None:
    manifest = {"destinationBucket": "arn:aws:s3:::b", "fileFormat": "ORC", "fileSchema": "a", "files": []}
    assert refused(json.dumps(manifest), InputType="MANIFEST") == (
        "The output format of the S3 inventory report must be CSV."
    )


def test_an_athena_manifest_gives_the_items_of_the_files_that_it_names() -> None:
    store = MemoryStore(data={"m.csv": "s3://data/a\ns3://data/b\n", "a": "1,2\n", "b": "3,4\n"})
    config = {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x", "y"]}
    dataset = read(reader("m.csv", ManifestType="ATHENA_DATA", **config), store)
    assert dataset.items == [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}]


def test_parquet_is_refused_by_name() -> None:
    assert refused(b"PAR1", InputType="PARQUET") == (
        "InputType PARQUET is not supported here: use CSV, JSON or JSONL."
    )


@pytest.mark.parametrize(("limit", "left"), [(2, 2), (2.0, 2), (0, 3), (None, 3), (9, 3), (100_000_001, 3)])
def test_no_more_items_than_the_limit_are_taken(limit: float | None, left: int) -> None:
    assert found(json.dumps(FACTS), InputType="JSON", MaxItems=limit) == FACTS[:left]


def test_a_negative_limit_is_refused_in_the_service_s_words() -> None:
    """The cause as recorded from the service."""
    assert refused("[]", InputType="JSON", MaxItems=-1) == "field MaxItems must be positive"


@pytest.mark.parametrize("limit", ["2", True, 1.5])
def test_a_limit_that_is_no_integer_is_refused(limit: object) -> None:
    assert str(limit) in str(refused("[]", InputType="JSON", MaxItems=limit))


def test_reading_stops_at_the_limit() -> None:
    store = MemoryStore(data={f"in/{n}": "[1, 2]" for n in range(9)})
    config = {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN", "MaxItems": 3}
    listing = {"Resource": "arn:aws:states:::s3:listObjectsV2", "ReaderConfig": config}
    dataset = read({**listing, "Parameters": {"Bucket": "data", "Prefix": "in/"}}, store)
    assert dataset.items == [1, 2, 1]
    assert [each.key for each in store.read] == ["in/0", "in/1"]


def test_what_the_store_says_is_the_cause() -> None:
    with pytest.raises(StatesError) as error:
        read(reader("other", InputType="JSON"), MemoryStore(data={}))
    assert (error.value.error, error.value.cause) == (
        "States.ItemReaderFailed",
        "The specified key does not exist.",
    )


def test_version_and_owner_are_passed_on() -> None:
    store = MemoryStore(data={"k": "[]"})
    asked = reader("k", InputType="JSON")
    asked["Parameters"] |= {"VersionId": "v1", "ExpectedBucketOwner": "000000000000"}
    read(asked, store)
    assert store.read == [Location("data", "k", "v1", "000000000000")]


def test_gzip_is_known_by_its_name_and_may_have_several_members() -> None:
    body = gzip.compress(b'{"n": 1}\n{"n"') + gzip.compress(b": 2}\n")
    assert found(body, "d.jsonl.gz", InputType="JSONL") == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    ("body", "config", "cause"),
    [
        (b"\xff\n", {"InputType": "JSONL"}, "not encoded as UTF-8"),
        ("{", {"InputType": "JSON"}, "Unable to parse JSON"),
        ('"' + "x" * 8_400_000 + '"\n', {"InputType": "JSONL"}, "maximum size of 8388608 bytes"),
        ("", {"InputType": "XML"}, "not supported: XML"),
        ("", {"InputType": "CSV", "CSVDelimiter": "DOT"}, "not supported: DOT"),
        ("", {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}, "CSVHeaders are required"),
    ],
)
def test_what_can_not_be_read_says_why(body: bytes | str, config: dict[str, Any], cause: str) -> None:
    assert cause in str(refused(body, **config))


def test_a_byte_order_mark_belongs_to_no_item() -> None:
    assert found(b"\xef\xbb\xbf[1]", InputType="JSON") == [1]
    assert found(b"\xef\xbb\xbf1\n", InputType="JSONL") == [1]
