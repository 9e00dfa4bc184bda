"""State on disk: SQLite in write-ahead mode, written once per turn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from batchyard.local.batch.model import Job, JobSpec
from batchyard.local.database import Database

_SCHEMA = """
create table if not exists resources (arn text primary key, data text not null) without rowid;
create table if not exists specs (id text primary key, data text not null) without rowid;
create table if not exists jobs (id text primary key, seq integer not null, spec text not null,
                                 data text not null) without rowid;
"""


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


class Store:
    """The engine's database; used under the engine's lock only.

    Raises BatchyardError when another engine has the folder, and when the file can not be read or written.
    """

    def __init__(self, state_dir: Path) -> None:
        self._file = Database(state_dir / "batch.sqlite", _SCHEMA, "jobs")
        self._db = self._file.connection

    def save(
        self,
        *,
        resources: Iterable[tuple[str, dict[str, Any] | None]],
        specs: Iterable[JobSpec],
        jobs: Iterable[Job],
    ) -> None:
        """Write everything that one turn changed, in one transaction; a resource of None is deleted."""
        with self._file.written():
            for arn, data in resources:
                self._put_resource(arn, data)
            self._db.executemany(
                "insert or replace into specs values (?, ?)",
                ((spec.id, _dump(spec.document())) for spec in specs),
            )
            self._db.executemany(
                "insert or replace into jobs values (?, ?, ?, ?)",
                ((job.id, job.seq, job.spec.id, _dump(job.row())) for job in jobs),
            )

    def _put_resource(self, arn: str, data: dict[str, Any] | None) -> None:
        if data is None:
            self._db.execute("delete from resources where arn = ?", (arn,))
        else:
            self._db.execute("insert or replace into resources values (?, ?)", (arn, _dump(data)))

    def resources(self) -> Iterator[tuple[str, dict[str, Any]]]:
        with self._file.explained():
            for arn, data in self._db.execute("select arn, data from resources"):
                yield arn, json.loads(data)

    def jobs(self) -> Iterator[Job]:
        """Yield every job in the order of submission, array children after their parent."""
        with self._file.explained():
            rows = self._db.execute("select * from specs")
            specs = {id_: JobSpec.load(json.loads(data)) for id_, data in rows}
            for id_, seq, spec, data in self._db.execute("select id, seq, spec, data from jobs order by seq"):
                yield Job.load(id_, seq, specs[spec], json.loads(data))

    def forget(self, spec_ids: Iterable[str]) -> None:
        """Delete submissions with all their jobs."""
        ids = [(id_,) for id_ in spec_ids]
        with self._file.written():
            self._db.executemany("delete from jobs where spec = ?", ids)
            self._db.executemany("delete from specs where id = ?", ids)

    def wipe(self) -> None:
        with self._db:
            for table in ("resources", "specs", "jobs"):
                self._db.execute(f"delete from {table}")  # noqa: S608

    def close(self) -> None:
        self._file.close()
