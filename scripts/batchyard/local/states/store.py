"""State of the state machines on disk: resources, executions, what happened to them, histories.

What changes is gathered in memory and written by `commit` in one transaction; what can not be written stays
gathered, for the next time.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from batchyard.asl.engine import Event, Stimulus
from batchyard.errors import BatchyardError
from batchyard.local.database import Database
from batchyard.local.states.interface import Json
from batchyard.local.states.pending import PARTS, Pending
from batchyard.local.states.records import Record

_SCHEMA = """
create table if not exists resources (kind text, arn text, data text not null,
                                      primary key (kind, arn)) without rowid;
create table if not exists definitions (digest text primary key, data blob not null) without rowid;
create table if not exists executions (id integer primary key, arn text not null unique,
    machine text not null, version text, alias text, map_run text, status text not null, stopped real,
    redrives integer not null, data text not null);
create index if not exists by_machine on executions (machine) where map_run is null;
create index if not exists by_map_run on executions (map_run) where map_run is not null;
create index if not exists opened on executions (status) where status = 'RUNNING';
create table if not exists stimuli (execution integer, number integer, data text not null,
                                    primary key (execution, number)) without rowid;
create table if not exists histories (execution integer primary key, data blob not null);
create table if not exists map_runs (arn text primary key, execution text not null, data text not null)
    without rowid;
"""


class Store(Pending):
    """The database of the state machines, for one thread.

    Args:
        folder: where the file is.

    Raises:
        BatchyardError: another process has the folder, or the file can not be read or written.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = Database(folder / "states.sqlite", _SCHEMA, "state machines and executions")
        self._db = self._file.connection
        with self._file.explained():
            for kind, arn, data in self._db.execute("select kind, arn, data from resources"):
                self.resources.records.setdefault(kind, {})[arn] = json.loads(data)
            (self._last,) = self._db.execute("select coalesce(max(id), 0) from executions").fetchone()
        self._unpacked: tuple[bytes | None, list[Event]] = (None, [])
        self.definition = lru_cache(maxsize=64)(self._definition)

    def number(self) -> int:
        """Return the number of a new execution."""
        self._last += 1
        return int(self._last)

    def commit(self) -> None:
        """Write what has changed.

        Raises:
            BatchyardError: it can not be written; it is tried again with the next call.
        """
        if not self.dirty:
            return
        with self._file.written() as db:
            self.write(db)
        self._begin()

    def _settle(self) -> None:
        """Let a read see what has changed; on a full disk it sees what was written before."""
        with suppress(BatchyardError):
            self.commit()

    def find(self, arn: str) -> Record | None:
        """Return an execution by its ARN."""
        return next(self.select("arn = ?", (arn,), 1), None)

    def select(self, where: str, values: tuple[Any, ...], most: int = -1) -> Iterator[Record]:
        """Yield executions, the newest first.

        Args:
            where: a condition on the columns of the table.
            values: of its parameters.
            most: how many; -1 for all.
        """
        self._settle()
        query = f"select id, data from executions where {where} order by id desc limit ?"  # noqa: S608
        with self._file.explained():
            for id_, data in self._db.execute(query, (*values, most)).fetchall():
                yield Record.load(id_, json.loads(data), self.definition)

    def stimuli(self, execution: int) -> list[Stimulus]:
        """Return what has happened to an execution, in order."""
        self._settle()
        query = "select data from stimuli where execution = ? order by number"
        with self._file.explained():
            rows = self._db.execute(query, (execution,)).fetchall()
        return [Stimulus.from_json(json.loads(data)) for (data,) in rows]

    def history(self, execution: int) -> list[Event]:
        """Return the history of a closed execution; the last one is at hand for its next page."""
        self._settle()
        with self._file.explained():
            row = self._db.execute("select data from histories where execution = ?", (execution,)).fetchone()
            packed = row[0] if row else None
            if packed is None or packed != self._unpacked[0]:
                events = json.loads(zlib.decompress(packed)) if packed else []
                self._unpacked = (packed, [Event(*each) for each in events])
            return self._unpacked[1]

    def map_run(self, arn: str) -> Json | None:
        """Return a map run of a closed execution, as it was described."""
        self._settle()
        with self._file.explained():
            row = self._db.execute("select data from map_runs where arn = ?", (arn,)).fetchone()
            return dict(json.loads(row[0])) if row else None

    def map_runs(self, execution: str) -> list[Json]:
        """Return all map runs of a closed execution."""
        self._settle()
        with self._file.explained():
            rows = self._db.execute("select data from map_runs where execution = ?", (execution,))
            return [json.loads(data) for (data,) in rows]

    def expire(self, before: float) -> None:
        """Drop the executions that have ended before a time, in seconds since the epoch."""
        self.commit()
        old = "execution in (select id from executions where stopped < ?)"
        with self._file.written() as db:
            for table in PARTS:
                db.execute(f"delete from {table} where {old}", (before,))  # noqa: S608
            ended = "execution in (select arn from executions where stopped < ?)"
            db.execute(f"delete from map_runs where {ended}", (before,))  # noqa: S608
            db.execute("delete from executions where stopped < ?", (before,))
            # Express children that were started again under their name have left theirs behind.
            db.execute("delete from stimuli where execution not in (select id from executions)")
            used = "select json_extract(data, '$.definition') from executions"
            db.execute(f"delete from definitions where digest not in ({used})")  # noqa: S608

    def wipe(self) -> None:
        """Forget everything."""
        self.resources.records.clear()
        self._begin()
        with self._file.written() as db:
            for table in ("resources", "definitions", "executions", "stimuli", "histories", "map_runs"):
                db.execute(f"delete from {table}")  # noqa: S608

    def close(self) -> None:
        self._file.close()

    def _definition(self, of: str) -> str:
        query = "select cast(data as blob) from definitions where digest = ?"
        (found,) = self._db.execute(query, (of,)).fetchone()
        return bytes(found).decode("utf-8", "surrogatepass")
