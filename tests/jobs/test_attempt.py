from __future__ import annotations

from pathlib import Path

import pytest

from batchyard_job.attempt import Attempt, base_directory, vcpus, working_directory


def test_an_attempt_is_named_for_job_and_number() -> None:
    attempt = Attempt.of({"AWS_BATCH_JOB_ID": "ab-12:7", "AWS_BATCH_JOB_ATTEMPT": "3"})
    assert attempt.label == "ab-12-7-3"
    assert attempt.earlier == ["ab-12-7-1", "ab-12-7-2"]


def test_outside_batch_no_two_runs_share_a_name() -> None:
    assert Attempt.of({}).label != Attempt.of({}).label


def test_the_directory_is_fresh_and_goes_away_with_what_earlier_attempts_left(tmp_path: Path) -> None:
    for label in ("j-1", "j-2"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "half.bam").write_text("half")
    with pytest.raises(RuntimeError), working_directory(tmp_path, Attempt("j", 2)) as work:  # noqa: PT012
        assert work == tmp_path / "j-2"
        assert [path.name for path in tmp_path.iterdir()] == ["j-2"]
        assert not [path for path in work.rglob("*") if path.is_file()]
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_a_working_directory_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert base_directory(str(tmp_path)) == tmp_path.resolve()
    assert base_directory(str(tmp_path / "scratch")) == base_directory(None) != tmp_path
    assert not (tmp_path / "scratch").exists()


def test_threads_come_from_flag_then_variable_then_machine() -> None:
    here = vcpus(None, {})
    assert here >= 1
    assert vcpus("800", {"BATCHYARD_VCPUS": "1"}) == 800
    assert vcpus(None, {"BATCHYARD_VCPUS": "1"}) == 1
    assert vcpus("0", {"BATCHYARD_VCPUS": "1000000"}) == here
