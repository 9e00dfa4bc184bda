"""State on disk: SQLite in write-ahead mode, written once per turn."""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from batchyard.errors import BatchyardError
from batchyard.local.batch.model import Job, JobSpec

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

    `synchronous=normal` keeps every committed turn when the process is killed, which is what
    an engine on one machine must survive; a power cut may cost the last turns, never the file.
    """

    def __init__(self, state_dir: Path) -> None:
        state_dir.mkdir(parents=True, exist_ok=True)
        self._path = state_dir / "batch.sqlite"
        self._lock = _lock(state_dir / "engine.lock")
        self._db = sqlite3.connect(self._path, check_same_thread=False)
        try:
            with self._explained():
                self._db.execute("pragma synchronous=off")  # an empty file needs no care yet
                self._db.execute("pragma journal_mode=wal")
                self._db.executescript(_SCHEMA)
                self._db.execute("pragma synchronous=normal")
        except BatchyardError:
            self.close()
            raise

    def save(
        self,
        *,
        resources: Iterable[tuple[str, dict[str, Any] | None]],
        specs: Iterable[JobSpec],
        jobs: Iterable[Job],
    ) -> None:
        """Write everything that one turn changed, in one transaction; a resource of None is deleted."""
        with self._explained(), self._db:
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
        with self._explained():
            for arn, data in self._db.execute("select arn, data from resources"):
                yield arn, json.loads(data)

    def jobs(self) -> Iterator[Job]:
        """Yield every job in the order of submission, array children after their parent."""
        with self._explained():
            rows = self._db.execute("select * from specs")
            specs = {id_: JobSpec.load(json.loads(data)) for id_, data in rows}
            for id_, seq, spec, data in self._db.execute("select id, seq, spec, data from jobs order by seq"):
                yield Job.load(id_, seq, specs[spec], json.loads(data))

    def forget(self, spec_ids: Iterable[str]) -> None:
        """Delete submissions with all their jobs."""
        ids = [(id_,) for id_ in spec_ids]
        with self._explained(), self._db:
            self._db.executemany("delete from jobs where spec = ?", ids)
            self._db.executemany("delete from specs where id = ?", ids)

    def wipe(self) -> None:
        with self._db:
            for table in ("resources", "specs", "jobs"):
                self._db.execute(f"delete from {table}")  # noqa: S608

    def close(self) -> None:
        self._db.close()
        self._lock.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as problem:
            fix = "make room on the disk, and let the folder be written to; what is not on disk yet is kept"
            raise BatchyardError(
                f"jobs can not be saved: {problem}", where=str(self._path), fix=fix
            ) from problem
        except (sqlite3.Error, LookupError, TypeError, ValueError) as problem:
            raise BatchyardError(
                f"the jobs can not be read: {problem}",
                where=str(self._path),
                fix="put back a good copy of the file, or forget all local state: batchyard local reset",
            ) from problem


def _lock(path: Path) -> IO[str]:
    """Keep a second engine away: it would take the running jobs of the first for lost, and kill them."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        file.close()
        raise BatchyardError(
            "another engine uses this state folder",
            where=str(path.parent),
            fix="Stop the other local environment, or give this one a folder of its own.",
        ) from problem
    return file
