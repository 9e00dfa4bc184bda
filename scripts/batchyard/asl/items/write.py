"""ResultWriter: the results of a Distributed Map, written to an object store.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from batchyard.asl.data.text import dump
from batchyard.asl.errors import RESULT_WRITER_FAILED, StatesError
from batchyard.asl.items.results import STATUSES, settings, status_of, text, transformed
from batchyard.asl.items.store import Location, ObjectStore, StoreError
from batchyard.asl.walk import as_dict

MAX_FILE_BYTES = 5 * 1024**3


def write(
    writer: Mapping[str, Any],
    map_run_arn: str,
    results: Sequence[Mapping[str, Any]],
    store: ObjectStore,
    *,
    max_file_bytes: int = MAX_FILE_BYTES,
) -> dict[str, str]:
    """Write the files of a map run and return where its manifest is: Bucket and Key.

    Args:
        writer: the evaluated ResultWriter.
        results: one record per child execution, in order; PENDING ones have not run.
        max_file_bytes: a file that would be larger is followed by another.

    Raises:
        StatesError: States.ResultWriterFailed, with what the store said.
    """
    place = as_dict(writer.get("Parameters"))
    bucket, owner = str(place.get("Bucket", "")), place.get("ExpectedBucketOwner")
    folder = _folder(str(place.get("Prefix") or ""), map_run_arn)
    transformation, output_type = settings(writer)
    try:
        files: dict[str, list[dict[str, Any]]] = {}
        for status in STATUSES:
            mine = [each for each in results if status_of(each) == status]
            files[status] = []
            for number, part in enumerate(_parts(transformed(mine, transformation), max_file_bytes)):
                key = f"{folder}/{status}_{number}.{output_type.lower()}"
                body = text(part, output_type)
                store.put(Location(bucket, key, owner=owner), body)
                files[status].append({"Key": key, "Size": len(body)})
        manifest = {"DestinationBucket": bucket, "MapRunArn": map_run_arn, "ResultFiles": files}
        key = f"{folder}/manifest.json"
        store.put(Location(bucket, key, owner=owner), dump(manifest).encode())
    except StoreError as error:
        raise StatesError(RESULT_WRITER_FAILED, str(error)) from error
    return {"Bucket": bucket, "Key": key}


def _folder(prefix: str, map_run_arn: str) -> str:
    run = map_run_arn.rsplit(":", 1)[-1]
    return f"{prefix.removesuffix('/')}/{run}" if prefix else run


def _parts(found: Iterable[bytes], most: int) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for each in found:
        if part and size + len(each) + 2 > most:
            yield part
            part, size = [], 0
        part.append(each)
        size += len(each) + 1
    if part:
        yield part
