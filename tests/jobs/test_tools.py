"""The tool behind a step is data: other executables are called as tool.yaml says."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from batchyard.demo.sample import Sample
from batchyard_job import tool
from batchyard_job.errors import BadInputError

from .conftest import ROOT, Runner, align_flags, published

# Records its arguments, and writes what the real tool would.
STAND_IN = """#!{python}
import json, os, pathlib, sys
name = pathlib.Path(sys.argv[0]).name
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps([name, *sys.argv[1:]]) + "\\n")
writes = json.loads(os.environ.get("WRITES", "{{}}"))
for path, source in writes.get(name, {{}}).items():
    target = pathlib.Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(pathlib.Path(source).read_bytes())
    target.chmod(0o755)
if name in os.environ.get("PRINTS", ""):
    sys.stdout.write(pathlib.Path(os.environ["PRINTED"]).read_text())
"""


class Stage:
    """A PATH that holds stand-ins only, beside the interpreter."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.calls = folder / "bin", folder / "calls"
        self.bin.mkdir()
        self.calls.touch()

    def add(self, *names: str) -> None:
        for name in names:
            path = self.bin / name
            path.write_text(STAND_IN.format(python=sys.executable))
            path.chmod(path.stat().st_mode | stat.S_IEXEC)

    def environment(self, **variables: str) -> dict[str, str]:
        return {"PATH": str(self.bin), "CALLS": str(self.calls), **variables}

    def called(self, work: str = "") -> list[list[str]]:
        lines = self.calls.read_text().replace(work, "WORK") if work else self.calls.read_text()
        return [json.loads(line) for line in lines.splitlines()]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture
def bam(aligned: Path) -> Path:
    """Return a real BAM, for stand-ins to give out."""
    return aligned / "s1" / "bam" / "aligned.bam"


def test_isaac_gets_its_arguments_and_its_file_names(
    stage: Stage, run_job: Runner, sample: Sample, bam: Path, tmp_path: Path
) -> None:
    stage.add("isaac-sort-reference", "isaac-align")
    writes = {"isaac-align": {"tmp/aligned/Projects/default/default/sorted.bam": str(bam)}}
    environment = stage.environment(TOOL="isaac-align", WRITES=json.dumps(writes))
    flags = align_flags(sample, tmp_path / "results")
    ended = run_job(
        "align", environment=environment, cmd_args="--keep-unaligned back", memory="40000", vcpus="3", **flags
    )
    assert ended.code == 0, ended.error
    work = str(tmp_path / "work" / "11111111-2222-1")
    assert stage.called(work) == [
        [
            "isaac-sort-reference",
            "--genome-file",
            "WORK/in/reference.fa",
            "--output-directory",
            "WORK/tmp/reference",
        ],
        [
            *("isaac-align", "--reference-genome", "WORK/tmp/reference/sorted-reference.xml"),
            *("--base-calls", "WORK/in/fastq", "--base-calls-format", "fastq-gz"),
            *("--output-directory", "WORK/tmp/aligned", "--temp-directory", "WORK/tmp/isaac"),
            *("--memory-limit", "39", "--jobs", "3", "--keep-unaligned", "back"),
        ],
    ]
    assert set(published(tmp_path / "results" / "s1" / "bam")) == {
        "aligned.bam",
        "aligned.bam.bai",
        "aligned.bam.md5",
    }


def test_bwa_and_samtools_executables_are_piped(
    stage: Stage, run_job: Runner, sample: Sample, bam: Path, tmp_path: Path
) -> None:
    stage.add("bwa", "samtools")
    writes = {"samtools": {"out/aligned.bam": str(bam), "out/aligned.bam.bai": f"{bam}.bai"}}
    environment = stage.environment(WRITES=json.dumps(writes))
    ended = run_job(
        "align",
        environment=environment,
        tool="bwa",
        vcpus="3",
        cmd_args="-k 17",
        **align_flags(sample, tmp_path / "r"),
    )
    assert ended.code == 0, ended.error
    reads = ["in/reference.fa", "in/reads_1.fastq.gz", "in/reads_2.fastq.gz"]
    group = "@RG\\tID:s1\\tSM:s1\\tPL:ILLUMINA\\tLB:s1"
    index, *piped = stage.called()
    assert index == ["bwa", "index", "in/reference.fa"]
    assert sorted(piped)[0] == ["bwa", "mem", "-t", "3", "-K", "10000000", "-R", group, "-k", "17", *reads]
    assert sorted(call[1] for call in piped) == ["fixmate", "markdup", "mem", "sort"]


def test_strelka_is_configured_and_run(
    stage: Stage, run_job: Runner, sample: Sample, bam: Path, tmp_path: Path
) -> None:
    stage.add("configureStrelkaGermlineWorkflow.py", "runWorkflow.py")
    variants = "tmp/strelka/results/variants/variants.vcf.gz"
    writes = {
        "configureStrelkaGermlineWorkflow.py": {
            "tmp/strelka/runWorkflow.py": str(stage.bin / "runWorkflow.py")
        },
        "runWorkflow.py": {variants: str(bam), f"{variants}.tbi": str(bam)},
    }
    ended = run_job(
        "call",
        environment=stage.environment(WRITES=json.dumps(writes)),
        tool="strelka",
        bam_s3_path=bam,
        reference_s3_path=sample.reference,
        vcf_s3_folder_path=tmp_path / "r" / "s1" / "vcf",
        cmd_args="--exome",
        vcpus="3",
        memory="32000",
    )
    assert ended.code == 0, ended.error
    assert stage.called(str(tmp_path / "work" / "11111111-2222-1")) == [
        [
            *("configureStrelkaGermlineWorkflow.py", "--bam", "WORK/in/aligned.bam"),
            *("--referenceFasta", "WORK/in/reference.fa", "--runDir", "WORK/tmp/strelka", "--exome"),
        ],
        ["runWorkflow.py", "--mode", "local", "--jobs", "3", "--memGb", "31"],
    ]
    assert set(published(tmp_path / "r" / "s1" / "vcf")) == {"variants.vcf.gz", "variants.vcf.gz.tbi"}


def test_what_snpeff_prints_becomes_an_indexed_vcf(
    stage: Stage, run_job: Runner, sample: Sample, tmp_path: Path
) -> None:
    stage.add("snpEff")
    ended = run_job(
        "annotate",
        environment=stage.environment(TOOL="snpeff", PRINTS="snpEff", PRINTED=str(sample.truth_vcf)),
        vcf_s3_path=sample.truth_vcf,
        reference_s3_path=sample.reference,
        gff_s3_path=sample.gff,
        vcf_s3_folder_path=tmp_path / "r" / "s1" / "vcf",
        cmd_args="GRCh38.99",
        memory="8000",
    )
    assert ended.code == 0, ended.error
    assert stage.called() == [
        ["snpEff", "-Xmx8000m", "ann", "-noStats", "-nodownload", "GRCh38.99", "in/truth.vcf"]
    ]
    assert set(published(tmp_path / "r" / "s1" / "vcf")) == {"annotated.vcf.gz", "annotated.vcf.gz.tbi"}


def test_a_tool_that_is_not_installed_is_named(run_job: Runner, sample: Sample, tmp_path: Path) -> None:
    ended = run_job(
        "align", environment={"PATH": ""}, tool="isaac-align", **align_flags(sample, tmp_path / "r")
    )
    assert (ended.code, published(tmp_path)) == (70, {})
    assert "isaac-sort-reference is not on the PATH" in ended.error


def test_an_unknown_tool_is_bad_input(run_job: Runner, sample: Sample, tmp_path: Path) -> None:
    ended = run_job("align", tool="magic", **align_flags(sample, tmp_path / "r"))
    assert ended.code == 65
    assert "no tool 'magic'; it has: bwa, isaac-align, pybwa" in ended.error


def test_a_tool_that_writes_nothing_fails(
    stage: Stage, run_job: Runner, sample: Sample, bam: Path, tmp_path: Path
) -> None:
    stage.add("samtools")
    ended = run_job(
        "stats",
        environment=stage.environment(TOOL="samtools"),
        bam_s3_path=bam,
        reference_s3_path=sample.reference,
        stats_s3_folder_path=tmp_path / "r" / "s1" / "stats",
    )
    assert (ended.code, published(tmp_path / "r")) == (70, {})
    assert "wrote nothing to out/stats.txt" in ended.error


@pytest.mark.parametrize("job", ["align", "call", "annotate", "stats"])
def test_every_description_names_known_placeholders_only(job: str) -> None:
    step = tool.load(ROOT / "jobs" / job / "tool.yaml")
    names = {
        "cmd_args",
        "memory",
        "memory_gib",
        "out",
        "read_group",
        "sample",
        "sort_memory",
        "threads",
        "tmp",
        "work",
    }
    values = dict.fromkeys(names | set(step.inputs), "x")
    for each in step.tools.values():
        for command in each.commands:
            assert all(argv for argv in command.argv(values))
            assert tool.fill(command.stdout + command.unless, values) is not None


def test_a_placeholder_without_value_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"unknown placeholder \['nonsense'\]"):
        tool.Command((("x", "{nonsense}"),)).argv({"cmd_args": ""})


def test_cmd_args_are_split_but_never_read_by_a_shell() -> None:
    command = tool.Command((("x", "{cmd_args}"),))
    assert command.argv({"cmd_args": "-a 'b c' ; $(d)"}) == [["x", "-a", "b c", ";", "$(d)"]]
