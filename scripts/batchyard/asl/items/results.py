"""Results of child executions, as a Distributed Map gives and exports them.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from batchyard.asl.data.text import dump, load

Transformation = Literal["NONE", "COMPACT", "FLATTEN"]
Status = Literal["SUCCEEDED", "FAILED", "PENDING"]
STATUSES: tuple[Status, ...] = ("FAILED", "PENDING", "SUCCEEDED")


def status_of(record: Mapping[str, Any]) -> Status:
    """Return whose file a child's record goes to: failed ones stand with those timed out and aborted."""
    status = record["Status"]
    if status == "SUCCEEDED":
        return "SUCCEEDED"
    return "PENDING" if status == "PENDING" else "FAILED"


def transformed(records: Iterable[Mapping[str, Any]], transformation: Transformation) -> Iterator[bytes]:
    """Yield the results as JSON texts, in order.

    Only a success is compacted or flattened; others are always told in full.

    Args:
        records: as DescribeExecution would tell them; Output is JSON text.
    """
    for record in records:
        if transformation == "NONE" or record["Status"] != "SUCCEEDED":
            yield dump(record).encode()
        elif transformation == "FLATTEN" and record["Output"].lstrip().startswith("["):
            yield from (dump(each).encode() for each in load(record["Output"]))
        else:
            yield record["Output"].encode()


def text(results: Iterable[bytes], output_type: str) -> bytes:
    """Return results as one JSON array, or as JSON Lines."""
    if output_type == "JSONL":
        return b"".join(each + b"\n" for each in results)
    return b"[" + b",".join(results) + b"]"


def settings(writer: Mapping[str, Any] | None) -> tuple[Transformation, str]:
    """Return Transformation and OutputType of an evaluated ResultWriter.

    Without them: COMPACT for a state's output, NONE for what is exported; JSON.
    """
    config = (writer or {}).get("WriterConfig") or {}
    default: Transformation = "NONE" if writer and "Resource" in writer else "COMPACT"
    return config.get("Transformation") or default, config.get("OutputType") or "JSON"
