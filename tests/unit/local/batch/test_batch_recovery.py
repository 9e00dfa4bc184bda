"""What survives a stop, and what survives a kill."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import SCOPE, Client, FakeHost

from batchyard.errors import BatchyardError
from batchyard.local.batch import BatchEngine, EngineSettings, store
from batchyard.local.batch import processes as groups

ROOT = Path(__file__).resolve().parents[4]
HOST_MAP = {"host": {"host": True}}
# The first attempts wait to be killed; those after the restart find the flag and end.
SCRIPT = "echo $$; [ -e {flag} ] || sleep 60"


def _killed_engine(state: Path, script: str) -> list[str]:
    """Run an engine with four jobs until two of them run, then kill it as nothing else could."""
    module = "tests.unit.local.batch.engine_process"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'scripts'}{os.pathsep}{ROOT}"}
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(state), script],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
    )
    assert process.stdout is not None
    words = process.stdout.readline().split()
    process.kill()
    process.wait()
    process.stdout.close()
    return words


def test_killed_engine_loses_hosts_but_no_jobs(make: MakeClient, host: FakeHost, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    retried, lost, waiting, after, *pids = _killed_engine(tmp_path / "state", SCRIPT.format(flag=flag))
    assert len(pids) == 2
    flag.touch()
    client = make(image_map=HOST_MAP)
    for pid in map(int, pids):
        client.until(lambda pid=pid: _gone(pid), bool)
    jobs = [client.ended(job_id) for job_id in (retried, lost, waiting, after)]
    assert [job["status"] for job in jobs] == ["SUCCEEDED", "FAILED", "SUCCEEDED", "SUCCEEDED"]
    first, second = jobs[0]["attempts"]
    assert first["statusReason"].startswith("Host EC2 (instance i-0")
    assert "exitCode" not in first["container"]
    assert second["container"]["exitCode"] == 0
    assert jobs[1]["statusReason"].startswith("Host EC2 (instance i-0")
    (queue,) = client.call("DescribeJobQueues")["jobQueues"]
    assert queue["priority"] == 5
    assert [path.name for path in (tmp_path / "state" / "work").glob("*")] == []


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_recycled_pid_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
        ticks = groups.start_ticks(other.pid)
        assert ticks is not None
        groups.kill_orphans({tmp_path / "task": (other.pid, ticks - 1)})
        assert other.poll() is None
        groups.kill_orphans({tmp_path / "task": (other.pid, ticks)})
        assert other.wait(5) == -9


def test_process_that_was_never_recorded_is_found_by_its_home(tmp_path: Path) -> None:
    lost, other = ({"HOME": f"{tmp_path}/{name}"} for name in ("lost", "other"))
    with (
        subprocess.Popen(["sleep", "60"], env=lost) as stray,
        subprocess.Popen(["sleep", "60"], env=other) as kept,
    ):
        groups.kill_orphans({tmp_path / "lost": None})
        assert stray.wait(5) == -9
        assert kept.poll() is None
        kept.kill()


def test_second_engine_on_the_same_state_is_refused(client: Client, tmp_path: Path) -> None:
    second = BatchEngine(tmp_path / "state", FakeHost(), EngineSettings(executor="simulated"))
    with pytest.raises(BatchyardError, match="another engine"):
        second.start()
    assert client.ended(client.submit())["status"] == "SUCCEEDED"


def test_stopped_engine_goes_on_where_it_was(make: MakeClient) -> None:
    settings: dict[str, Any] = {"executor": "simulated", "seconds": 60.0}
    client = make(**settings)
    arn = client.environment()
    client.queue(tags={"a": "b"})
    client.definition()
    client.definition()
    running = client.submit(retryStrategy={"attempts": 2})
    client.reached(running, "RUNNING")
    array = client.submit(arrayProperties={"size": 2}, dependsOn=[{"jobId": running}])
    before = client.call("DescribeJobQueues")
    client = make(executor="simulated")
    assert client.call("DescribeJobQueues") == before
    assert client.environment("other") != arn
    assert client.ended(array)["status"] == "SUCCEEDED"
    assert len(client.job(running)["attempts"]) == 2
    assert client.definition().endswith("align:3")


def test_failed_dependency_is_not_forgotten_by_a_restart(make: MakeClient) -> None:
    client = make(executor="simulated", seconds=60.0)
    client.environment()
    client.queue()
    client.definition()
    first = client.submit()
    second = client.submit(dependsOn=[{"jobId": first}])
    client.reached(first, "RUNNING")
    client.reached(second, "PENDING")
    client = make(executor="simulated")
    assert client.ended(second)["statusReason"] == "Dependent Job failed"


def test_reset_forgets_everything(client: Client) -> None:
    job = client.submit()
    client.engine.reset()
    assert client.call("DescribeJobs", jobs=[job])["jobs"] == []
    assert client.call("DescribeComputeEnvironments")["computeEnvironments"] == []


@pytest.mark.parametrize(("days", "kept"), [(7.0, 1), (-1.0, 0)])
def test_ended_jobs_are_kept_for_a_while(make: MakeClient, days: float, kept: int) -> None:
    client = make(executor="simulated")
    client.environment()
    client.queue()
    client.definition()
    job = client.ended(client.submit(arrayProperties={"size": 2}))
    client = make(executor="simulated", keep_ended_days=days)
    ids = [job["jobId"], f"{job['jobId']}:1"]
    assert len(client.call("DescribeJobs", jobs=ids)["jobs"]) == 2 * kept


def test_scope_is_kept(make: MakeClient) -> None:
    make(executor="simulated").environment()
    client = make(executor="simulated")
    status, body = client.engine.handle(SCOPE, "POST", "/v1/describecomputeenvironments", {})
    assert (status, len(body["computeEnvironments"])) == (200, 1)


@pytest.mark.parametrize("damage", ["file", "row"])
def test_state_that_can_not_be_read_is_refused_with_a_way_out(tmp_path: Path, damage: str) -> None:
    engine = BatchEngine(tmp_path, FakeHost(), EngineSettings(executor="simulated"))
    engine.start()
    client = Client(engine)
    client.environment()
    engine.stop()
    path = tmp_path / "batch.sqlite"
    if damage == "file":
        path.write_bytes(b"not a database, " * 1_000)
    else:
        with sqlite3.connect(path) as database:
            database.execute("update resources set data = '{'")
        database.close()
    threads = threading.active_count()
    with pytest.raises(BatchyardError, match="can not be read") as raised:
        engine.start()
    assert str(path) in str(raised.value)
    assert "batchyard local reset" in raised.value.fix
    assert threading.active_count() == threads
    assert client.raw("DescribeJobs", jobs=[])[0] == 500
    path.unlink()
    engine.start()  # nothing is held by the start that failed
    engine.stop()


def test_a_full_disk_stops_nothing_for_good(make: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make(executor="simulated", seconds=0.4)
    client.environment()
    client.queue()
    client.definition()
    before = client.submit()
    client.reached(before, "RUNNING")
    monkeypatch.setattr("batchyard.local.batch.engine._SAVE_AGAIN_SECONDS", 0.02)
    real = store.Store.save

    def full(self: store.Store, **_: Any) -> None:
        with self._file.explained():
            raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store.Store, "save", full)
    status, answer = client.raw("SubmitJob", jobName="late", jobQueue="high", jobDefinition="align")
    assert (status, answer["__type"]) == (500, "ServerException")
    assert "disk is full" in answer["message"]
    assert client.raw("SubmitJob", jobName="never", jobQueue="high", jobDefinition="align")[0] == 500
    client.reached(before, "SUCCEEDED")
    monkeypatch.setattr(store.Store, "save", real)
    assert client.ended(client.submit("after"))["status"] == "SUCCEEDED"
    late = client.call("ListJobs", jobQueue="high", filters=[{"name": "JOB_NAME", "values": ["late"]}])
    assert [job["status"] for job in late["jobSummaryList"]] == ["SUCCEEDED"]
    never = client.call("ListJobs", jobQueue="high", filters=[{"name": "JOB_NAME", "values": ["never"]}])
    assert never["jobSummaryList"] == []
