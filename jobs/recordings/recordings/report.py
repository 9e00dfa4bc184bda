"""The last job: what the run's recordings say together."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from batchyard_job import objects
from batchyard_job.attempt import Attempt
from batchyard_job.errors import BadInputError, ToolError
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import Store, open_store
from recordings.run import TRUTH, Entry, read_list

FLAGS = ("recordings_s3_folder_path", "results_s3_folder_path", "report_s3_folder_path")
_COLUMNS = ("recording", "recordedSeconds", "seconds", "silFactor", "frames", "detections", "tracks")
_NAMED = 5  # recordings named in a message; the report has them all


def report(options: Mapping[str, str], attempt: Attempt, log: Log) -> None:
    """Write report.json and report.csv.

    Args:
        options: value by flag.
        attempt: names the temporary keys.
        log: gets the totals.

    Raises:
        BadInputError: a recording has no result.
        ToolError: what was found in a recording is not what was put into it. The report is written first.
    """
    folder = Location.parse(options["recordings_s3_folder_path"], flag="recordings_s3_folder_path")
    results = Location.parse(options["results_s3_folder_path"], flag="results_s3_folder_path")
    place = Location.parse(options["report_s3_folder_path"], flag="report_s3_folder_path")
    store = open_store(folder, results, place)
    rows = _results(store, results, read_list(store, folder))
    truth = objects.read_json(store, folder.child(TRUTH))
    if unknown := [row["recording"] for row in rows if row["recording"] not in truth]:
        raise BadInputError(f"{folder.child(TRUTH)} says nothing of {_some(unknown)}")
    wrong = [row["recording"] for row in rows if not _agrees(row, truth[row["recording"]])]
    document = {**aggregated(rows), "wrong": wrong, "perRecording": rows}
    files = {"report.csv": _table(rows), "report.json": objects.encoded(document)}
    objects.publish(store, place, files, attempt, log)
    if wrong:
        first = next(row for row in rows if row["recording"] == wrong[0])
        found = {name: first[name] for name in truth[wrong[0]]}
        raise ToolError(f"in {_some(wrong)} of {len(rows)}: {found} was found, and {truth[wrong[0]]} is true")
    log.info("report", **aggregated(rows))


def aggregated(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return totals, means and the worst recording of a run.

    The run's own SIL factor is total over total, so that a long recording counts for more than a short one;
    the mean is that of the recordings, each counting alike.

    Args:
        rows: the results, one or more.
    """
    recorded, seconds = (sum(row[name] for row in rows) for name in ("recordedSeconds", "seconds"))
    worst = max(rows, key=lambda row: row["silFactor"])
    return {
        "recordings": len(rows),
        "total": {
            "recordedSeconds": round(recorded, 6),
            "seconds": round(seconds, 6),
            "silFactor": round(seconds / recorded, 6),
            "detections": sum(row["detections"] for row in rows),
            "tracks": sum(row["tracks"] for row in rows),
        },
        "mean": {
            "recordedSeconds": round(recorded / len(rows), 6),
            "seconds": round(seconds / len(rows), 6),
            "silFactor": round(sum(row["silFactor"] for row in rows) / len(rows), 6),
        },
        "worst": {name: worst[name] for name in ("recording", "recordedSeconds", "seconds", "silFactor")},
    }


def _results(store: Store, folder: Location, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    missing = []
    for entry in entries:
        place = folder.child(entry.result)
        row = objects.read_json(store, place) if store.exists(place) else {}
        if row.get("sha256") == entry.sha256:
            rows.append(row)
        else:
            missing.append(entry.name)
    if missing:
        raise BadInputError(f"no result of {_some(missing)} of {len(entries)} in {folder}")
    return rows


def _agrees(row: Mapping[str, Any], truth: Mapping[str, int]) -> bool:
    return all(row[name] == value for name, value in truth.items())


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
