"""ItemReader: the items of a Distributed Map, read from an object store.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple, NoReturn

from batchyard.asl.errors import ITEM_READER_FAILED, StatesError
from batchyard.asl.items import manifests, parsing
from batchyard.asl.items.delimited import DELIMITERS, items, records
from batchyard.asl.items.lines import lines, whole
from batchyard.asl.items.store import Location, ObjectStore, StoreError
from batchyard.asl.walk import Json, as_dict

# https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
MAX_ITEMS = 100_000_000


class Dataset(NamedTuple):
    """What a reader found.

    Args:
        items: an array, or the object of a JSON file.
        sources: addresses, each with the number of items that are from there, in order.
    """

    items: list[Any] | Json
    sources: list[tuple[int, str]]

    def to_json(self) -> Json:
        """Return it as an outcome's output."""
        return {"Items": self.items, "Sources": [list(each) for each in self.sources]}


def read(reader: Mapping[str, Any], store: ObjectStore) -> Dataset:
    """Read the items of an evaluated ItemReader.

    Args:
        reader: Resource, ReaderConfig and Parameters, without paths and expressions.

    Raises:
        StatesError: States.ItemReaderFailed, with what is wrong.
    """
    config, place = as_dict(reader.get("ReaderConfig")), as_dict(reader.get("Parameters"))
    limit = _limit(config.get("MaxItems"))
    try:
        match str(reader.get("Resource")).rsplit(":", 1)[-1]:
            case "listObjectsV2":
                return _listed(config, place, store, limit)
            case "getObject":
                return _objects(config, place, store, limit)
            case other:
                _fail(f"The resource is not supported: {other}")
    except StoreError as error:
        raise StatesError(ITEM_READER_FAILED, str(error)) from error


def _listed(config: Json, place: Json, store: ObjectStore, limit: int) -> Dataset:
    where = Location(
        _text(place, "Bucket"), str(place.get("Prefix", "")), owner=place.get("ExpectedBucketOwner")
    )
    found = store.list(where)
    if config.get("Transformation") == "LOAD_AND_FLATTEN":
        files = (Location(where.bucket, each.key, owner=where.owner) for each in found)
        return _many(files, config, store, limit)
    rows = [
        {
            "Etag": each.etag,
            "LastModified": each.modified,
            "Key": each.key,
            "Size": each.size,
            "StorageClass": each.storage_class,
        }
        for each in islice(found, limit)
    ]
    return Dataset(rows, [(len(rows), f"S3://{where.bucket}")])


def _objects(config: Json, place: Json, store: ObjectStore, limit: int) -> Dataset:
    where = Location(
        _text(place, "Bucket"), _text(place, "Key"), place.get("VersionId"), place.get("ExpectedBucketOwner")
    )
    kind, manifest = config.get("InputType"), config.get("ManifestType")
    if manifest == "ATHENA_DATA":
        return _many(manifests.athena(store, where), config, store, limit)
    if kind == "MANIFEST" or manifest == "S3_INVENTORY":
        headers, files = manifests.inventory(store, where)
        given = {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": headers}
        return _many(files, given, store, limit)
    if kind == "JSON":
        return _json(where, config, store, limit)
    rows = list(islice(_rows(where, config, store), limit))
    return Dataset(rows, [(len(rows), _address(where))])


def _json(where: Location, config: Json, store: ObjectStore, limit: int) -> Dataset:
    found = parsing.node(parsing.parsed(whole(store, where)), str(config.get("ItemsPointer", "")))
    if len(found) > limit:
        found = found[:limit] if isinstance(found, list) else dict(islice(found.items(), limit))
    return Dataset(found, [(len(found), _address(where))])


def _many(files: Iterable[Location], config: Json, store: ObjectStore, limit: int) -> Dataset:
    rows: list[Any] = []
    sources = []
    for where in files:
        before = len(rows)
        rows.extend(islice(_rows(where, config, store), limit - before))
        sources.append((len(rows) - before, _address(where)))
        if len(rows) >= limit:
            break
    return Dataset(rows, sources)


def _rows(where: Location, config: Json, store: ObjectStore) -> Iterator[Any]:
    match config.get("InputType"):
        case "CSV":
            yield from _csv(where, config, store)
        case "JSONL":
            yield from (parsing.parsed(line) for line in lines(store, where) if line.strip())
        case "JSON":
            found = parsing.node(parsing.parsed(whole(store, where)), str(config.get("ItemsPointer", "")))
            entries = ({"Key": key, "Value": value} for key, value in _pairs(found))
            yield from found if isinstance(found, list) else entries
        case "PARQUET":
            _fail("InputType PARQUET is not supported here: use CSV, JSON or JSONL.")
        case other:
            _fail(f"InputType is not supported: {other}")


def _csv(where: Location, config: Json, store: ObjectStore) -> Iterator[Any]:
    mark = DELIMITERS.get(config.get("CSVDelimiter", "COMMA"))
    if mark is None:
        _fail(f"CSVDelimiter is not supported: {config['CSVDelimiter']}")
    headers = config.get("CSVHeaders") if config.get("CSVHeaderLocation") == "GIVEN" else None
    if config.get("CSVHeaderLocation") == "GIVEN" and not isinstance(headers, list):
        _fail("CSVHeaders are required where CSVHeaderLocation is GIVEN.")
    return items(records(lines(store, where), mark), headers)


def _pairs(found: list[Any] | Json) -> Iterable[tuple[str, Any]]:
    return found.items() if isinstance(found, dict) else ()


def _limit(value: object) -> int:
    if value is None:
        return MAX_ITEMS
    if not isinstance(value, int | float) or isinstance(value, bool) or value != int(value):
        _fail(f"field MaxItems must be an integer: {value}")
    if value < 0:
        _fail("field MaxItems must be positive")  # as recorded from the service; 0 stands for no limit
    return min(int(value), MAX_ITEMS) or MAX_ITEMS


def _text(place: Json, name: str) -> str:
    found = place.get(name)
    if not isinstance(found, str) or not found:
        _fail(f"The parameter {name} is required.")
    return found


def _address(where: Location) -> str:
    return f"S3://{where.bucket}/{where.key}"


def _fail(cause: str) -> NoReturn:
    raise StatesError(ITEM_READER_FAILED, cause)
