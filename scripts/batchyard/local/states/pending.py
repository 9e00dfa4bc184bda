"""What has changed of the state machines' state and is not on disk yet."""

from __future__ import annotations

import json
import sqlite3
import zlib
from typing import Any

from batchyard.asl.engine import Event, Stimulus
from batchyard.local.states.interface import Json
from batchyard.local.states.records import Record, digest, encoded
from batchyard.local.states.resource_store import Resources

PARTS = ("stimuli", "histories")  # tables that hold parts of an execution


class Pending:
    """Changes, gathered until they are written."""

    def __init__(self) -> None:
        self.resources = Resources()
        self._begin()

    def _begin(self) -> None:
        self._records: dict[int, Record] = {}
        self._stimuli: list[tuple[int, int, str]] = []
        self._histories: dict[int, bytes | None] = {}
        self._map_runs: dict[str, tuple[str, Json]] = {}
        self._forgotten: dict[int, tuple[str, ...]] = {}
        self.resources.changed.clear()

    def put(self, record: Record) -> None:
        """Keep an execution as it stands when `commit` comes."""
        self._records[record.id] = record

    def add(self, execution: int, number: int, stimulus: Stimulus) -> None:
        """Keep what has happened to an execution."""
        self._stimuli.append((execution, number, dump(stimulus.to_json())))

    def put_history(self, execution: int, events: list[Event] | None) -> None:
        """Keep the history of a closed execution; None drops it, because the execution goes on."""
        packed = None if events is None else zlib.compress(dump(events).encode(), 1)
        self._histories[execution] = packed

    def put_map_run(self, arn: str, execution: str, described: Json) -> None:
        self._map_runs[arn] = (execution, described)

    def forget_stimuli(self, execution: int) -> None:
        """Drop what happened to an execution that can not be redriven."""
        self._forgotten.setdefault(execution, ("stimuli",))

    def forget(self, execution: int) -> None:
        """Drop all that is kept of an execution."""
        self._records.pop(execution, None)
        self._histories.pop(execution, None)
        self._forgotten[execution] = PARTS

    @property
    def dirty(self) -> bool:
        """Say whether something is to be written."""
        changed = self._records or self._stimuli or self._histories or self._map_runs or self._forgotten
        return bool(changed or self.resources.changed)

    def write(self, db: sqlite3.Connection) -> None:
        """Write them within a transaction; they stay until that has ended well."""
        self._write_resources(db)
        records = list(self._records.values())
        known = {digest(each.spec.definition): encoded(each.spec.definition) for each in records}
        db.executemany("insert or ignore into definitions values (?, ?)", known.items())
        db.executemany("insert or replace into executions values (?,?,?,?,?,?,?,?,?,?)", map(_row, records))
        db.executemany(
            "insert or replace into stimuli values (?, ?, ?)",
            (row for row in self._stimuli if row[0] not in self._forgotten),
        )
        self._write_histories(db)
        rows = ((arn, execution, dump(data)) for arn, (execution, data) in self._map_runs.items())
        db.executemany("insert or replace into map_runs values (?, ?, ?)", rows)
        express = "delete from executions where map_run = ? and arn like '%:express:%'"
        db.executemany(express, ((arn,) for arn in self._map_runs))
        self._write_forgotten(db)

    def _write_resources(self, db: sqlite3.Connection) -> None:
        for kind, arn in self.resources.changed:
            data = self.resources.get(kind, arn)
            if data is None:
                db.execute("delete from resources where kind = ? and arn = ?", (kind, arn))
            else:
                row = (kind, arn, dump(data))
                db.execute("insert or replace into resources values (?, ?, ?)", row)

    def _write_histories(self, db: sqlite3.Connection) -> None:
        kept = [(id_, data) for id_, data in self._histories.items() if data is not None]
        gone = [(id_,) for id_, data in self._histories.items() if data is None]
        db.executemany("insert or replace into histories values (?, ?)", kept)
        db.executemany("delete from histories where execution = ?", gone)

    def _write_forgotten(self, db: sqlite3.Connection) -> None:
        for id_, parts in self._forgotten.items():
            for table in parts:
                db.execute(f"delete from {table} where execution = ?", (id_,))  # noqa: S608
            if parts is PARTS:
                db.execute("delete from executions where id = ?", (id_,))


def dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _row(record: Record) -> tuple[Any, ...]:
    spec = record.spec
    columns = (record.id, spec.arn, spec.machine_arn, spec.version_arn, spec.alias_arn, record.map_run)
    return (*columns, record.status, record.stopped, record.redrives, dump(record.document()))
