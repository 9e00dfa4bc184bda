"""Nothing half-made appears under a final name."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from batchyard_job.attempt import Attempt
from batchyard_job.errors import Terminated, TransferError
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.publish import Publication
from batchyard_job.store import DirectoryStore

NAMES = ("a.bam", "a.bam.bai", "a.bam.md5")


class Breaking(DirectoryStore):
    """A store that fails at one operation on one name."""

    def __init__(self, operation: str, name: str, error: BaseException) -> None:
        self.at, self.error, self.order = (operation, name), error, list[str]()

    def upload(self, file: Path, place: Location) -> None:
        self._act("upload", place)
        super().upload(file, place)

    def copy(self, source: Location, place: Location) -> None:
        self._act("copy", place)
        # Not self.upload: what the folder does inside is no upload.
        DirectoryStore().copy(source, place)
        self.order.append(place.name)

    def _act(self, operation: str, place: Location) -> None:
        if (operation, place.name) == self.at:
            raise self.error


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_text(name)
    return folder


def publication(store: DirectoryStore, results: Path, attempt: int = 1) -> Publication:
    folder = Location.parse(f"file://{results}/bam")
    return Publication(store, folder, NAMES, Attempt("job", attempt), Log({}, io.StringIO()))


def left(results: Path) -> set[str]:
    return {path.name for path in results.rglob("*") if path.is_file()}


def test_all_files_appear_in_order_and_temporary_keys_go(tmp_path: Path, out: Path) -> None:
    store = Breaking("never", "", ValueError())
    uris = publication(store, tmp_path / "results").publish(out)
    assert [uri.rpartition("/")[2] for uri in uris] == store.order == list(NAMES)
    assert left(tmp_path / "results") == set(NAMES)
    assert not list((tmp_path / "results").rglob(".tmp"))


@pytest.mark.parametrize("error", [TransferError("disk"), Terminated(15), OSError(5, "io")])
@pytest.mark.parametrize("operation", ["upload", "copy"])
@pytest.mark.parametrize("name", NAMES)
def test_a_failure_anywhere_leaves_nothing(
    tmp_path: Path, out: Path, operation: str, name: str, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        publication(Breaking(operation, name, error), tmp_path / "results").publish(out)
    assert left(tmp_path / "results") == set()


def test_a_later_attempt_removes_what_a_killed_one_left(tmp_path: Path, out: Path) -> None:
    results = tmp_path / "results"
    stale = results / "bam" / ".tmp" / "job-1" / "a.bam"
    other = results / "bam" / ".tmp" / "another-job-1" / "a.bam"
    for path in (stale, other):
        path.parent.mkdir(parents=True)
        path.write_text("half")
    publication(DirectoryStore(), results, attempt=3).sweep()
    assert not stale.exists()
    assert other.exists()
