"""The local environment starts, stops and comes back."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.local.clients import Clients, single, until
from tests.local.conftest import free_port

from batchyard.errors import BatchyardError
from batchyard.local import control, record
from batchyard.local.record import Server

pytestmark = pytest.mark.local
Start = Callable[..., Clients]


def test_up_is_found_running_and_down_stops_it(start: Start) -> None:
    start()
    server = control.status()
    assert server
    assert control.up() == server
    assert control.down()
    assert control.status() is None
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=2).connect()
    assert not control.down()


def test_other_settings_restart_it_on_the_same_port(start: Start) -> None:
    start()
    first = control.status()
    second = control.up(enforce_iam=True)
    assert first
    assert (second.enforce_iam, second.port) == (True, first.port)
    assert second.pid != first.pid


def test_settings_that_are_not_given_stay(start: Start) -> None:
    start(enforce_iam=True, executor="simulated")
    first = control.status()
    assert first
    assert control.up() == first
    control.down()
    again = control.up()
    assert (again.enforce_iam, again.executor) == (True, "simulated")
    off = control.up(enforce_iam=False)
    assert (off.enforce_iam, off.executor) == (False, "simulated")
    control.down()
    assert not control.up().enforce_iam


def test_a_taken_port_leaves_the_running_one_alone(start: Start) -> None:
    start()
    running = control.status()
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(BatchyardError, match="is taken by"),
    ):
        control.up(port=listener.getsockname()[1])
    assert control.status() == running


def test_a_taken_port_is_reported_with_its_holder(local_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(
            BatchyardError, match=rf"port {port} is taken by .*\(pid {os.getpid()}\)"
        ) as raised:
            control.up(port=port)
    assert "another port" in raised.value.fix
    assert control.status() is None


def test_a_free_port_is_found_when_the_last_one_is_taken(start: Start, local_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        (local_folder / "port").write_text(str(listener.getsockname()[1]))
        clients = start()
        assert clients("sts").get_caller_identity()["Account"] == "000000000000"


def test_it_serves_on_loopback_only(local_server: Server) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; it only chooses the outward address
        outward = probe.getsockname()[0]
    if outward.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    with socket.socket() as caller:
        assert caller.connect_ex((outward, local_server.port)) != 0


def test_a_stale_record_is_not_believed(start: Start, local_folder: Path) -> None:
    stale = Server("http://127.0.0.1:1", os.getpid(), free_port(), 1.0)
    record.write(local_folder, stale)
    assert control.status() is None
    start()
    server = control.status()
    assert server
    assert server.pid != stale.pid


def test_another_server_behind_the_recorded_port_is_not_believed(start: Start, local_folder: Path) -> None:
    start()
    server = control.status()
    assert server
    record.write(local_folder, Server(server.endpoint, server.pid, server.port, server.started - 100))
    assert control.status() is None
    record.write(local_folder, server)


def test_two_starts_at_once_give_one_server(start: Start) -> None:
    found: list[Server] = []
    threads = [threading.Thread(target=lambda: found.append(control.up())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({server.pid for server in found}) == 1
    assert len(found) == 2


def test_a_second_server_refuses_the_state_folder(start: Start, local_folder: Path) -> None:
    start()
    command = [sys.executable, "-m", "batchyard.local.server", "--port", str(free_port())]
    second = subprocess.run(
        [*command, "--state-dir", str(local_folder)], capture_output=True, text=True, timeout=30
    )
    assert second.returncode == 1
    assert "another server uses this state folder" in second.stderr


def test_a_failed_start_shows_the_log(local_folder: Path) -> None:
    (local_folder / "settings.json").write_text('{"imagemap": {}}')
    with pytest.raises(BatchyardError, match="ended at once") as raised:
        control.up(port=free_port())
    assert "unknown: imagemap" in raised.value.fix


@pytest.mark.parametrize("name", ["batch/batch.sqlite", "states/states.sqlite", "state/services/iam.json"])
def test_broken_state_is_refused_at_once_and_kept(start: Start, local_folder: Path, name: str) -> None:
    start()("iam").create_user(UserName="x")
    control.down()
    path = local_folder / name
    path.write_bytes(b"{broken, " * 1_000)
    for extra in ("-wal", "-shm"):
        Path(f"{path}{extra}").unlink(missing_ok=True)
    begun = time.monotonic()
    with pytest.raises(BatchyardError, match="ended at once") as raised:
        control.up()
    assert time.monotonic() - begun < 10
    assert str(path) in raised.value.fix
    assert "batchyard local reset" in raised.value.fix
    assert path.read_bytes().startswith(b"{broken")
    control.reset()
    start()


def test_a_profile_of_the_person_plays_no_part(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-somebody")
    server = control.up()
    monkeypatch.delenv("AWS_PROFILE")
    buckets = Clients(server.endpoint)("s3").list_buckets()["Buckets"]
    assert [bucket["Name"] for bucket in buckets] == ["batchyard-local-000000000000-tfstate"]


def test_state_is_for_its_owner_only(start: Start, local_folder: Path) -> None:
    start()
    control.down()
    assert local_folder.stat().st_mode & 0o077 == 0
    for path in (local_folder / "state", local_folder / "batch", local_folder / "states"):
        assert all(each.stat().st_mode & 0o077 == 0 for each in (path, *path.rglob("*")))


def test_the_log_can_be_read(start: Start) -> None:
    clients = start()
    assert any(clients.endpoint in line for line in control.logs(lines=20))


def saved(service: str) -> str:
    """Return what is on disk of a service's state."""
    path = Path(os.environ["BATCHYARD_LOCAL_DIR"], "state", "services", f"{service}.json")
    return path.read_text() if path.is_file() else ""


def fill(clients: Clients) -> str:
    """Leave something of everything, and return the id of a job that has ended."""
    s3 = clients("s3")
    s3.create_bucket(Bucket="kept")
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="kept", Key="a/b", Body=b"one")
    s3.put_object(Bucket="kept", Key="a/b", Body=b"two", Metadata={"m": "v"})
    clients.machine("kept", single({"Type": "Pass", "Result": 1, "End": True}))
    clients.function("kept", "def handler(event, context):\n    return event\n")
    job_id = clients.submit("kept", "echo", "kept line")
    assert clients.job_ended(job_id)["status"] == "SUCCEEDED"
    return job_id


def still_there(clients: Clients, job_id: str) -> None:
    s3 = clients("s3")
    answer = s3.get_object(Bucket="kept", Key="a/b")
    assert (answer["Body"].read(), answer["Metadata"]) == (b"two", {"m": "v"})
    versions = s3.list_object_versions(Bucket="kept")["Versions"]
    assert len(versions) == 2
    old = next(each["VersionId"] for each in versions if not each["IsLatest"])
    assert s3.get_object(Bucket="kept", Key="a/b", VersionId=old)["Body"].read() == b"one"
    assert s3.get_bucket_versioning(Bucket="kept")["Status"] == "Enabled"
    machine = "arn:aws:states:us-east-1:000000000000:stateMachine:kept"
    assert clients.ended(clients.start(machine))["output"] == "1"
    assert clients.invoke("kept", {"x": 1}) == {"x": 1}
    assert clients.job(job_id)["status"] == "SUCCEEDED"
    assert clients.log(job_id) == ["kept line"]


def test_state_survives_a_restart(start: Start) -> None:
    job_id = fill(start())
    control.down()
    still_there(start(), job_id)


def test_state_survives_kill_9(start: Start) -> None:
    job_id = fill(start())
    server = control.status()
    assert server
    until(lambda: all("kept" in saved(name) for name in ("lambda", "s3")))
    until(lambda: "kept line" in saved("cloudwatch_logs"))
    os.kill(server.pid, signal.SIGKILL)
    os.waitpid(server.pid, 0)
    assert control.status() is None
    still_there(start(), job_id)


def test_down_leaves_no_process(start: Start) -> None:
    clients = start()
    clients.function("busy", "import time, os\ndef handler(event, context):\n    return os.getpid()\n")
    worker = clients.invoke("busy")
    job_id = clients.submit("long", "sh", "-c", "echo $$; exec sleep 60")
    (line,) = until(lambda: clients.log(job_id))
    control.down()
    for pid in (worker, int(line)):
        until(lambda pid=pid: not _runs(pid), 5)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_reset_forgets_everything(start: Start) -> None:
    clients = start()
    fill(clients)
    server = control.reset()
    assert server
    assert [bucket["Name"] for bucket in clients("s3").list_buckets()["Buckets"]] == [
        "batchyard-local-000000000000-tfstate"
    ]
    assert clients("batch").describe_job_queues()["jobQueues"] == []
    assert server.endpoint == clients.endpoint


def test_the_state_bucket_is_versioned_and_locks(aws: Clients) -> None:
    s3, bucket = aws("s3"), "batchyard-local-000000000000-tfstate"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    s3.put_object(Bucket=bucket, Key="x.tflock", Body=b"1", IfNoneMatch="*")
    with pytest.raises(s3.exceptions.ClientError) as raised:
        s3.put_object(Bucket=bucket, Key="x.tflock", Body=b"2", IfNoneMatch="*")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert raised.value.response["Error"]["Code"] == "PreconditionFailed"
    s3.delete_object(Bucket=bucket, Key="x.tflock")
    s3.put_object(Bucket=bucket, Key="x.tflock", Body=b"3", IfNoneMatch="*")
    s3.delete_object(Bucket=bucket, Key="x.tflock")


def test_logs_follow(start: Start) -> None:
    start()
    seen: list[str] = []
    begun = time.monotonic()
    for line in control.logs(lines=1, follow=True):
        seen.append(line)
        if len(seen) > 1 or time.monotonic() - begun > 10:
            break
        with Path(os.environ["BATCHYARD_LOCAL_DIR"], "server.log").open("a") as log:
            log.write("one more\n")
    assert seen[-1] == "one more"
