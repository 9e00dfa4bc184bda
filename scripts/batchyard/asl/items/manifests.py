"""Manifests: objects that name the objects to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from batchyard.asl.errors import ITEM_READER_FAILED, StatesError
from batchyard.asl.items.delimited import records
from batchyard.asl.items.lines import lines, whole
from batchyard.asl.items.parsing import parsed
from batchyard.asl.items.store import Location, ObjectStore
from batchyard.asl.walk import as_dict, as_list


class Inventory(NamedTuple):
    """An Amazon S3 inventory: its data files, and the names of their columns."""

    headers: list[str]
    files: list[Location]


def inventory(store: ObjectStore, location: Location) -> Inventory:
    """Read the manifest of an Amazon S3 inventory report.

    Raises:
        StatesError: it is none, or its files are not in the format CSV.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
    """
    body = as_dict(parsed(whole(store, location)))
    schema, destination = body.get("fileSchema"), body.get("destinationBucket")
    if not isinstance(schema, str) or not isinstance(destination, str):
        raise StatesError(
            ITEM_READER_FAILED, f"Not a manifest of an S3 inventory: {location.bucket}/{location.key}"
        )
    if body.get("fileFormat") != "CSV":
        raise StatesError(ITEM_READER_FAILED, "The output format of the S3 inventory report must be CSV.")
    bucket = destination.rsplit(":", 1)[-1]
    keys = [as_dict(file).get("key") for file in as_list(body.get("files"))]
    files = [Location(bucket, key, owner=location.owner) for key in keys if isinstance(key, str)]
    return Inventory([name.strip() for name in schema.split(",")], files)


def athena(store: ObjectStore, location: Location) -> Iterator[Location]:
    """Yield the data files that the manifest of an Athena UNLOAD query names, one S3 address a line.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
    """
    for row in records(lines(store, location), ","):
        bucket, slash, key = row[0].strip().removeprefix("s3://").partition("/")
        if not slash or not row[0].strip().startswith("s3://"):
            raise StatesError(ITEM_READER_FAILED, f"Not an address in S3: {row[0]}")
        yield Location(bucket, key, owner=location.owner)
