"""What is fetched and run, and what is not; the variables are those of AWS's published sample.

https://aws.amazon.com/blogs/compute/creating-a-simple-fetch-and-run-aws-batch-job/
"""

from __future__ import annotations

import hashlib
import io
import json
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fetch_run import archive
from fetch_run.program import fetched
from fetch_run.request import Request

from batchyard_job.errors import BadInputError
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import DirectoryStore

from .conftest import ROOT, job_environment

VARIABLES = {
    "BATCH_FILE_TYPE": "script",
    "BATCH_FILE_S3_URL": "s3://tools/hello.sh",
    "BATCH_FILE_BUCKETS": "tools, more-tools",
}


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as a download needs."""

    objects: Mapping[str, bytes] = {}

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        found = self.objects.get(self.path)
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(found or b"")))
        self.send_header("ETag", '"1"')
        self.end_headers()
        if body and found:
            self.wfile.write(found)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def s3() -> Iterator[dict[str, bytes]]:
    """Return the objects of a stand-in for S3, by path; `endpoint` is where it is."""
    objects: dict[str, bytes] = {}
    handler = type("_Bucket", (Bucket,), {"objects": objects})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        objects["endpoint"] = f"http://127.0.0.1:{server.server_port}".encode()
        yield objects
        server.shutdown()
        thread.join()


def start(s3: Mapping[str, bytes], *arguments: str, **variables: str) -> subprocess.Popen[str]:
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    environment = job_environment(
        **{**VARIABLES, **keys, "AWS_ENDPOINT_URL": s3["endpoint"].decode(), **variables}
    )
    command = [sys.executable, str(ROOT / "jobs/fetch-run/main.py"), *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def archived(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return target.getvalue()


def test_a_script_gets_its_arguments_and_its_exit_code_is_the_jobs(s3: dict[str, bytes]) -> None:
    s3["/tools/hello.sh"] = b'#!/bin/sh\nfor each; do echo "<$each>"; done\nyes | head -n 1\nexit 3\n'
    more = {"BATCH_FILE_ARGUMENTS": json.dumps(["two words", "", "$(x)"])}
    process = start(s3, "hello.sh", "-n", "5", **more)
    out, err = process.communicate(timeout=20)
    lines = out.splitlines()
    assert json.loads(lines[0])["message"] == "fetched"
    assert lines[1:] == ["<-n>", "<5>", "<two words>", "<>", "<$(x)>", "y"]
    assert (process.returncode, err) == (3, "")


def test_a_script_of_an_archive_finds_the_other_files_and_gets_the_signal(s3: dict[str, bytes]) -> None:
    script = (
        b"#!/usr/bin/env python3\nimport signal\nprint(open('data.txt').read(), flush=True)\nsignal.pause()\n"
    )
    s3["/tools/all.zip"] = archived(**{"bin/run.py": script, "data.txt": b"beside"})
    process = start(s3, "bin/run.py", BATCH_FILE_TYPE="zip", BATCH_FILE_S3_URL="s3://tools/all.zip")
    assert process.stdout is not None
    assert [json.loads(process.stdout.readline())["type"], process.stdout.readline()] == ["zip", "beside\n"]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM  # the script's own end, which a container shows as 143


def test_a_file_that_no_interpreter_is_named_in_can_not_be_run(s3: dict[str, bytes]) -> None:
    s3["/tools/hello.sh"] = b"echo hello\n"
    process = start(s3, "hello.sh")
    out, _ = process.communicate(timeout=20)
    said = json.loads(out.splitlines()[-1])
    assert (process.returncode, said["exitCode"]) == (65, 65)
    assert "hello.sh can not be run: its first line is 'echo hello', and it has to name" in said["message"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"BATCH_FILE_TYPE": ""}, "BATCH_FILE_TYPE is missing"),
        ({"BATCH_FILE_TYPE": "exe"}, "BATCH_FILE_TYPE is 'exe'; it has to be script or zip"),
        ({"BATCH_FILE_S3_URL": ""}, "BATCH_FILE_S3_URL is missing"),
        ({"BATCH_FILE_S3_URL": "https://tools/x"}, "it has to be s3://bucket/key"),
        ({"BATCH_FILE_S3_URL": "file:///etc/passwd"}, "it has to be s3://bucket/key"),
        ({"BATCH_FILE_S3_URL": "s3://tools"}, "s3://bucket/key"),
        ({"BATCH_FILE_S3_URL": "s3://others/x"}, "nothing is run from the bucket others; BATCH_FILE_BUCKETS"),
        ({"BATCH_FILE_S3_URL": "s3://tool/x"}, "allows tools, more-tools"),
        ({"BATCH_FILE_BUCKETS": ""}, "BATCH_FILE_BUCKETS is missing"),
        ({"BATCH_FILE_SHA256": "abc"}, "BATCH_FILE_SHA256 is no SHA-256"),
        ({"BATCH_FILE_MAX_MIB": "0"}, "BATCH_FILE_MAX_MIB is '0'; it has to be a whole number from 1"),
        ({"BATCH_FILE_ARGUMENTS": "-n 5"}, "BATCH_FILE_ARGUMENTS is no JSON list of texts"),
        ({"BATCH_FILE_ARGUMENTS": "[5]"}, "BATCH_FILE_ARGUMENTS is no JSON list of texts"),
    ],
)
def test_what_is_asked_for_wrongly_is_named(changed: dict[str, str], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        Request.of(["hello.sh"], {**VARIABLES, **changed})


def test_a_script_needs_a_name() -> None:
    for argv in ([], [""]):
        with pytest.raises(BadInputError, match="the first argument is missing"):
            Request.of(argv, VARIABLES)


Fetch = Callable[..., Path]


@pytest.fixture
def fetch(tmp_path: Path) -> Fetch:
    """Return a function that fetches a file with some content."""

    def fetching(content: bytes, **changed: Any) -> Path:
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(content)
        target.mkdir()
        request = Request("script", Location("file", "", str(source).lstrip("/")), "run.sh", (), "", 1000)
        changed_request = Request(**{**vars(request), **changed})
        return fetched(changed_request, DirectoryStore(), target, Log({}, io.StringIO()))

    return fetching


def test_a_file_is_taken_up_to_its_limit_and_not_beyond(fetch: Fetch) -> None:
    assert fetch(b"x" * 1000).read_bytes() == b"x" * 1000


def test_a_file_over_the_limit_is_not_fetched(fetch: Fetch) -> None:
    with pytest.raises(BadInputError, match="has 1001 bytes, over 0 MiB"):
        fetch(b"x" * 1001)


def test_a_file_of_another_checksum_is_not_run(fetch: Fetch) -> None:
    with pytest.raises(BadInputError, match=r"has SHA-256 2d71.*, and BATCH_FILE_SHA256 is 0000"):
        fetch(b"x", sha256="0" * 64)


def test_a_file_of_the_right_checksum_is_run(fetch: Fetch) -> None:
    assert fetch(b"x", sha256=hashlib.sha256(b"x").hexdigest()).is_file()


@pytest.mark.parametrize("entry", ["other.sh", "../source", "/etc/hostname", "."])
def test_what_is_not_in_the_archive_is_not_run(fetch: Fetch, entry: str) -> None:
    with pytest.raises(BadInputError, match="holds no file"):
        fetch(archived(**{"run.sh": b"#!/bin/sh\n"}), kind="zip", entry=entry, most_bytes=10_000)


@pytest.mark.parametrize(
    "name", ["../out.sh", "a/../../out.sh", "/tmp/out.sh", "a\\..\\..\\out.sh", "..", "C:\\out.sh"]
)
def test_nothing_is_unpacked_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    info = zipfile.ZipInfo("x")
    info.filename = name  # as another tool may have written it
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr(info, b"#!/bin/sh\n")
    with pytest.raises(BadInputError, match="lies outside of its folder"):
        unpacked(tmp_path, made.getvalue())
    assert not list((tmp_path / "in").iterdir())
    assert {each.name for each in tmp_path.iterdir()} == {"all.zip", "in"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (kind | 0o777) << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr(info, b"/etc")
    with pytest.raises(BadInputError, match="'link' is a link or a device"):
        unpacked(tmp_path, made.getvalue())


def test_a_bomb_is_stopped_when_it_has_unpacked_what_is_allowed(tmp_path: Path) -> None:
    bomb = archived(a=b"x" * 900, b=b"\0" * 10_000_000)
    with pytest.raises(BadInputError, match="larger than BATCH_FILE_MAX_MIB allows"):
        unpacked(tmp_path, bomb)
    assert sum(file.stat().st_size for file in (tmp_path / "in").iterdir()) < 100_000


@pytest.mark.parametrize("damage", ["no archive", "empty", "cut off", "changed"])
def test_a_damaged_archive_is_bad_input(tmp_path: Path, damage: str) -> None:
    whole = archived(a=b"abc" * 50)
    content = {
        "no archive": b"no archive",
        "empty": b"",
        "cut off": whole[:-30],
        "changed": whole[:35] + bytes([whole[35] ^ 0xFF]) + whole[36:],  # within the first member's data
    }
    with pytest.raises(BadInputError, match="can not be unpacked"):
        unpacked(tmp_path, content[damage])


def test_a_name_that_comes_twice_and_too_many_files_are_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            target.writestr("a", b"2")
    with pytest.raises(BadInputError, match=r"can not be unpacked: .*exists"):
        unpacked(tmp_path, made.getvalue())
    monkeypatch.setattr(archive, "_MOST_FILES", 1)
    with pytest.raises(BadInputError, match="the archive has 2 files, over 1"):
        unpacked(tmp_path, made.getvalue())


def unpacked(folder: Path, content: bytes) -> None:
    file = folder / "all.zip"
    file.write_bytes(content)
    (folder / "in").mkdir(exist_ok=True)
    archive.unpack(file, folder / "in", most_bytes=1000)
