"""A run over recordings: generated, processed one by one, reported on."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import generate, process, report
from recordings.detection import find, objects
from recordings.recording import Header, frames
from recordings.simulation import WIDTH, recording

from batchyard_job.attempt import Attempt
from batchyard_job.errors import BadInputError, JobError, ToolError
from batchyard_job.log import Log

from .conftest import Runner


class Run:
    """The jobs of one run, in this process."""

    def __init__(self, folder: Path, work: Path) -> None:
        self.folder, self.lines = folder, io.StringIO()
        self.places = {
            "recordings_s3_folder_path": f"file://{folder}/recordings",
            "results_s3_folder_path": f"file://{folder}/results",
            "working_dir": str(work),
        }
        self.log = Log({}, self.lines)

    def generate(self, count: int, **options: str) -> None:
        given = {"recordings": str(count), "seed": "3", "seconds": "4", **options}
        generate.generate({**self.places, **given}, Attempt("g", 1), self.log)

    def process(self, index: int | None) -> None:
        variables = {} if index is None else {"AWS_BATCH_JOB_ARRAY_INDEX": str(index)}
        process.process(self.places, variables, Attempt(f"p:{index}", 1), self.log)

    def report(self) -> dict[str, Any]:
        place = {"report_s3_folder_path": f"file://{self.folder}/report"}
        report.report({**self.places, **place}, Attempt("r", 1), self.log)
        return self.json("report/report.json")

    def json(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text())

    def write(self, name: str, document: object) -> None:
        (self.folder / name).write_text(json.dumps(document))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "work").mkdir()
    return Run(tmp_path / "run", tmp_path / "work")


@settings(max_examples=25, deadline=None)
@given(seed=st.text(max_size=20), seconds=st.integers(1, 6))
def test_what_is_put_into_a_recording_is_found(seed: str, seconds: int) -> None:
    header, things, made = recording(seed, seconds)
    found = find(made, WIDTH)
    assert found.frames == header.frames
    assert found.detections == sum(thing.last - thing.first for thing in things)
    assert found.tracks == len(things)
    assert 0.7 * seconds < header.seconds < 1.3 * seconds


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second, other = (list(recording(seed, 2)[2]) for seed in ("a", "a", "b"))
    assert first == second
    assert first != other


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        (["........"] * 3, 0),
        (["##.....#", "##.....#", "........"], 2),
        (["#.#.....", "#.#.....", "###....."], 1),  # two arms that meet in the last row
        (["#.......", ".#......", "........"], 2),  # corners do not touch
        (["...#####", "...#....", "...#####"], 1),
        (["########", "........", "########"], 2),
    ],
)
def test_pixels_that_touch_are_one_object(rows: list[str], count: int) -> None:
    frame = "".join(rows).encode().translate(bytes.maketrans(b"#.", b"\xff\x10"))
    assert len(objects(frame, 8)) == count


def test_an_object_that_comes_back_elsewhere_is_another() -> None:
    blank, left, right = (bytes([0] * 16), *(bytearray(16) for _ in range(2)))
    left[1], right[12] = 255, 255
    found = find([bytes(left), bytes(left), blank, bytes(right)], 16)
    assert (found.frames, found.detections, found.tracks) == (4, 3, 2)


def test_a_run_from_recordings_to_report(run: Run) -> None:
    run.generate(3)
    for index in (2, 0, 1):
        run.process(index)
    done = run.report()
    rows = done["perRecording"]
    assert [row["recording"] for row in rows] == ["00000.rec", "00001.rec", "00002.rec"]
    truth = run.json("recordings/truth.json")
    assert {
        row["recording"]: {name: row[name] for name in ("frames", "detections", "tracks")} for row in rows
    } == truth
    assert done["wrong"] == []
    table = list(csv.DictReader((run.folder / "report/report.csv").open()))
    assert [float(line["silFactor"]) for line in table] == [row["silFactor"] for row in rows]
    assert not list(Path(run.places["working_dir"]).iterdir())


def test_the_sil_factor_is_wall_time_by_recorded_time() -> None:
    rows = [
        {"recording": name, "recordedSeconds": recorded, "seconds": seconds, "silFactor": seconds / recorded}
        | {"detections": 1, "tracks": 1}
        for name, recorded, seconds in (("a", 10.0, 20.0), ("b", 90.0, 45.0))
    ]
    found = report.aggregated(rows)
    assert found["total"]["silFactor"] == 0.65  # 65 s for 100 s, not the mean of 2 and 0.5
    assert found["mean"] == {"recordedSeconds": 50.0, "seconds": 32.5, "silFactor": 1.25}
    assert found["worst"] == {"recording": "a", "recordedSeconds": 10.0, "seconds": 20.0, "silFactor": 2.0}


def test_a_job_that_is_no_arrays_child_takes_the_first(run: Run) -> None:
    run.generate(1)
    run.process(None)
    assert run.report()["recordings"] == 1


def test_a_child_that_was_done_is_not_done_again(run: Run) -> None:
    run.generate(2)
    run.process(0)
    before = (run.folder / "results/00000.json").stat().st_mtime_ns
    run.process(0)
    assert (run.folder / "results/00000.json").stat().st_mtime_ns == before
    assert json.loads(run.lines.getvalue().splitlines()[-1])["message"] == "done already"


def test_a_new_run_of_the_same_name_starts_from_nothing(run: Run) -> None:
    run.generate(2)
    run.process(0)
    run.generate(2)
    assert not (run.folder / "results/00000.json").exists()


def test_a_result_that_is_missing_or_of_other_bytes_is_named(run: Run) -> None:
    run.generate(8)
    for index in (0, 7):
        run.process(index)
    run.write("results/00007.json", run.json("results/00007.json") | {"sha256": "0"})
    with pytest.raises(BadInputError, match=r"no result of 00001\.rec, .* and 2 more of 8"):
        run.report()
    assert not (run.folder / "report").exists()


def test_what_was_not_found_fails_the_report_which_is_written_all_the_same(run: Run) -> None:
    run.generate(2)
    for index in (0, 1):
        run.process(index)
    truth = run.json("recordings/truth.json")
    run.write("recordings/truth.json", truth | {"00001.rec": {"frames": 30, "detections": 1, "tracks": 1}})
    with pytest.raises(ToolError, match=r"in 00001\.rec of 2: .* was found, and .*'detections': 1"):
        run.report()
    assert run.json("report/report.json")["wrong"] == ["00001.rec"]
    run.write("recordings/truth.json", {"00000.rec": truth["00000.rec"]})
    with pytest.raises(BadInputError, match=r"truth\.json says nothing of 00001\.rec"):
        run.report()


def test_more_children_than_recordings_is_told(run: Run) -> None:
    run.generate(2)
    with pytest.raises(BadInputError, match=r"there is no recording 2: .* has 2"):
        run.process(2)


def test_bytes_that_were_not_listed_are_not_processed(run: Run) -> None:
    run.generate(1)
    file = run.folder / "recordings/00000.rec"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(BadInputError, match=r"00000\.rec has SHA-256 .* was listed"):
        run.process(None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "its first line says neither size, rate nor frames"),
        (b"{}\n", "its first line says"),
        (b'{"width": 2, "height": 2, "rate": 0, "frames": 1}\n', "its first line says"),
        (Header(2, 2, 1, 2).encoded() + b"abcdefg", "ends in frame 1 of 2"),
        (Header(2, 2, 1, 1).encoded() + b"abcde", "goes on after its 1 frames"),
    ],
)
def test_what_is_no_recording_is_bad_input(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "x.rec"
    file.write_bytes(content)
    with pytest.raises(BadInputError, match=words):
        list(frames(file))


@pytest.mark.parametrize(
    ("flag", "value"),
    [("recordings", "0"), ("recordings", "10001"), ("seconds", "0"), ("seed", "-1"), ("seed", "x")],
)
def test_numbers_out_of_bounds_are_named(run: Run, flag: str, value: str) -> None:
    with pytest.raises(JobError, match=f"--{flag} is '{value}'; it has to be a whole number from"):
        run.generate(1, **{flag: value})


def test_the_program_says_what_it_can_do(run_job: Runner, tmp_path: Path) -> None:
    ended = run_job("recordings")
    assert (ended.code, ended.error) == (
        65,
        "the first argument is '--working_dir'; it has to be one of generate, process, report",
    )


def test_things_stay_in_their_fields() -> None:
    from recordings.simulation import FIELD, things

    for thing in things(random.Random(1), 500):
        for frame in range(0, 500, 7):
            for at, corner in zip(thing.place(frame), thing.corner, strict=True):
                assert corner + 1 <= at <= corner + FIELD - thing.size - 1
