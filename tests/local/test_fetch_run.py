"""The workflow fetch-run: a job on Fargate that runs what it fetches from S3."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.local.example_runs import document, job_of, log
from tests.stack import Stack

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]
SCRIPT = b'#!/bin/sh\nfor each; do echo "<$each>"; done\nexit ${CODE:-0}\n'


def put(stack: Stack, folder: Path, name: str, content: bytes, bucket: str = "data") -> str:
    path = folder / name
    path.write_bytes(content)
    return stack.put(stack.outputs()["bucket_names"][bucket], f"tests/fetch-run/{name}", path)


def run(stack: Stack, url: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Run what is at a URL; return the result document, the job and its log."""
    answer = stack.run("fetch-run", {"fileType": "script", "fileS3Url": url, "script": "do.sh", **more})
    job = job_of(stack, answer, "Run")
    return answer, job, log(stack, job["container"]["logStreamName"])


def archive(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)
    return made.getvalue()


def test_a_script_gets_its_arguments_on_fargate(stack: Stack, tmp_path: Path) -> None:
    url = put(stack, tmp_path, "do.sh", SCRIPT)
    answer, job, said = run(
        stack, url, arguments=["two words", "$(x)", "-n"], sha256=hashlib.sha256(SCRIPT).hexdigest()
    )
    assert answer["status"] == "SUCCEEDED", answer
    assert answer["output"]["jobId"] == job["jobId"]
    assert job["platformCapabilities"] == ["FARGATE"]
    assert said.splitlines()[1:] == ["<two words>", "<$(x)>", "<-n>"]


def test_an_archive_is_unpacked_and_its_script_run(stack: Stack, tmp_path: Path) -> None:
    members = {"bin/do.sh": b"#!/bin/sh\ncat data.txt\n", "data.txt": b"from beside\n"}
    url = put(stack, tmp_path, "do.zip", archive(**members))
    answer, _, said = run(stack, url, fileType="zip", script="bin/do.sh")
    assert answer["status"] == "SUCCEEDED", answer
    assert said.splitlines()[-1] == "from beside"


@pytest.mark.parametrize(("code", "attempts"), [(3, 1), (75, 3)])
def test_the_scripts_exit_code_is_the_jobs(stack: Stack, tmp_path: Path, code: int, attempts: int) -> None:
    url = put(stack, tmp_path, f"exit-{code}.sh", SCRIPT.replace(b"CODE:-0", f"CODE:-{code}".encode()))
    answer, job, _ = run(stack, url)
    assert (answer["status"], answer["error"]) == ("FAILED", "States.TaskFailed")
    assert (job["container"]["exitCode"], len(job["attempts"])) == (code, attempts)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("bucket", "nothing is run from the bucket"),
        ("missing", "missing object"),
        ("checksum", "and BATCH_FILE_SHA256 is 0000"),
        ("slip", "'../out.sh' lies outside of its folder"),
        ("large", "over 1 MiB (BATCH_FILE_MAX_MIB)"),
    ],
)
def test_what_must_not_be_run_is_bad_input(stack: Stack, tmp_path: Path, what: str, words: str) -> None:
    url = put(stack, tmp_path, "do.sh", SCRIPT)
    more: dict[str, Any] = {}
    if what == "bucket":
        url = put(stack, tmp_path, "do.sh", SCRIPT, bucket="results")
    elif what == "missing":
        url += ".none"
    elif what == "checksum":
        more = {"sha256": "0" * 64}
    elif what == "slip":
        url = put(stack, tmp_path, "slip.zip", archive(**{"../out.sh": SCRIPT, "do.sh": SCRIPT}))
        more = {"fileType": "zip"}
    else:
        url = put(stack, tmp_path, "large.sh", SCRIPT + b"#" * (1 << 20))
        more = {"maxMib": 1}
    answer, job, said = run(stack, url, **more)
    assert answer["status"] == "FAILED"
    assert (job["container"]["exitCode"], len(job["attempts"])) == (65, 1)
    assert words in said


def test_a_fetched_script_reads_and_writes_with_the_jobs_role(stack: Stack, tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "templates/workflows/fetch-run/smoke"
    url = put(stack, tmp_path, "count_words.py", (folder / "count_words.py").read_bytes())
    text = put(stack, tmp_path, "text.txt", (folder / "text.txt").read_bytes())
    result = f"{stack.place('fetch-run')}/fetch-run/words.json"
    answer, _, _ = run(stack, url, script="count_words.py", arguments=[text, result, "1"])
    assert answer["status"] == "SUCCEEDED", answer
    assert document(stack, result) == {"words": 47, "most": [["a", 4]]}
