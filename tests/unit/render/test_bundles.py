"""Bundles: what Terraform gets to see of a workflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchyard import render
from batchyard.asl import expressions
from batchyard.environments import DeployedWorkflow, Environment
from batchyard.errors import BatchyardError, ManifestError, UsageError
from batchyard.manifest import Permission
from batchyard.manifest.marked import read_json, read_yaml
from batchyard.render import limits
from batchyard.render.bundles import Sources, rendered
from batchyard.render.canonical import dump, inline
from batchyard.render.permissions import resolve

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def bundle(local: Environment) -> dict[str, Any]:
    return render.bundle(local, "exome")


def with_workflow(local: Environment, name: str, **changes: Any) -> Environment:
    workflow = DeployedWorkflow(folder="exome", **changes)
    return local.model_copy(update={"workflows": {name: workflow}})


def change(project: Path, old: str, new: str, file: str = "templates/workflows/exome/workflow.yaml") -> None:
    path = project / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_bundle_is_json_and_the_same_every_time(local: Environment, bundle: dict[str, Any]) -> None:
    assert json.loads(dump(bundle)) == bundle
    assert dump(render.bundle(local, "exome")) == dump(bundle)


def test_an_environment_s_words_override_the_manifest(local: Environment) -> None:
    found = rendered(local, "exome-poll")
    resources = {
        state["Resource"] for state in found.definition["States"].values() if state["Type"] == "Task"
    }
    assert resources == {"arn:aws:states:::lambda:invoke"}
    assert sorted(found.bundle["functions"]) == ["job-status", "submit-job"]
    assert found.definition["States"]["Align.Wait"]["Seconds"].startswith("{% $max([2,")
    assert (found.bundle["folder"], found.bundle["name"]) == ("exome", "batchyard-local-exome-poll")


def test_a_workflow_that_does_not_poll_has_no_functions(bundle: dict[str, Any]) -> None:
    assert bundle["functions"] == {}


def test_jobs_have_the_sizes_queues_and_names_of_the_manifest(bundle: dict[str, Any]) -> None:
    sizes = {
        key: (*(item["value"] for item in job["container_properties"]["resourceRequirements"]), job["queue"])
        for key, job in bundle["job_definitions"].items()
    }
    assert sizes == {
        "align": ("32", "80000", "high"),
        "call": ("32", "32000", "high"),
        "annotate": ("4", "10000", "low"),
        "stats": ("4", "10000", "low"),
    }
    names = {job["name"] for job in bundle["job_definitions"].values()}
    assert names == {f"batchyard-local-exome-{key}" for key in sizes}


def test_an_image_is_named_by_its_content_never_latest(bundle: dict[str, Any]) -> None:
    for name, uri in bundle["images"].items():
        assert uri.startswith(f"000000000000.dkr.ecr.us-east-1.amazonaws.com/batchyard-local/{name}:")
        assert len(uri.rpartition(":")[2]) == 12


def test_jobs_write_where_their_results_go_and_nowhere_else(bundle: dict[str, Any]) -> None:
    results = "arn:aws:s3:::batchyard-local-000000000000-results"
    for key, kind in {"align": "bam", "call": "vcf", "annotate": "vcf", "stats": "stats"}.items():
        statements = bundle["job_definitions"][key]["role"]["statements"]
        writing = {arn for each in statements if "s3:PutObject" in each["Action"] for arn in each["Resource"]}
        assert writing == {f"{results}/*/{kind}/*"}
        assert all(action.startswith("s3:") for each in statements for action in each["Action"])
        assert "*" not in [arn for each in statements for arn in each["Resource"]]


def test_functions_may_do_exactly_what_they_do(local: Environment) -> None:
    found = render.bundle(local, "exome-poll")["functions"]
    [submit] = found["submit-job"]["role"]["statements"]
    [status] = found["job-status"]["role"]["statements"]
    stem = "arn:aws:batch:us-east-1:000000000000"
    definitions = [
        f"{stem}:job-definition/batchyard-local-exome-poll-{job}"
        for job in ("align", "annotate", "call", "stats")
    ]
    keys = ("high", "hpc", "low", "on-demand", "shared")  # not the one over Fargate
    queues = [f"{stem}:job-queue/batchyard-local-{key}" for key in keys]
    assert submit["Action"] == ["batch:SubmitJob"]
    assert submit["Resource"] == sorted([*definitions, *(f"{each}:*" for each in definitions), *queues])
    assert (status["Action"], status["Resource"]) == (["batch:DescribeJobs"], ["*"])


def test_the_smoke_test_is_filled_in(bundle: dict[str, Any]) -> None:
    smoke = bundle["smoke"]
    data, results = (f"s3://batchyard-local-000000000000-{key}/smoke/exome" for key in ("data", "results"))
    assert smoke["input"]["fastq1S3Path"] == f"{data}/reads_1.fastq.gz"
    assert smoke["data_s3"] == f"{data}/"
    assert smoke["expect"][0] == {"s3": f"{results}/smoke/bam/aligned.bam", "min_bytes": 1000}
    assert smoke["timeout_seconds"] == 600
    assert "{" not in json.dumps(smoke["expect"]).replace('{"', "")


def test_an_unknown_workflow_is_answered_with_the_known_ones(local: Environment) -> None:
    with pytest.raises(UsageError, match="deploys no workflow exoem"):
        render.bundle(local, "exoem")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "queue: high",
            "queue: hihg",
            "workflow.yaml:10: jobs.align.queue: no queue hihg in this environment\n  local.tfvars has",
        ),
        (
            "{bucket.data}/*",
            "{bucket.dta}/*",
            "{bucket.dta} stands for nothing\n  did you mean {bucket.data}?",
        ),
        ("{bucket.data}/*", "data/*", "resource data/* is no ARN"),
        ("sid: PublishBam", "sid: ReadInput", "jobs.align.permissions: two permissions have one sid"),
        (
            "{resultsS3Path}/{sampleId}/bam",
            "{resultsPath}/{sampleId}/bam",
            "unknown placeholder {resultsPath}\n  did you",
        ),
        (
            "image: align\n",
            "image: aligner\n",
            "jobs.align.image: no image aligner\n  make jobs/aligner with a Dockerfile",
        ),
        ("Ref::gffS3Path", "Ref::gff", "state-machine.asl.yaml.j2:31: job annotate gets no gff\n  pass it"),
        ("      - Ref::memory\n", f"      - Ref::memory\n      - {'x' * 25_000}\n", "job definition has 2"),
    ],
)
def test_a_workflow_that_can_not_be_deployed_is_refused(
    project: Path, local: Environment, old: str, new: str, message: str
) -> None:
    change(project, old, new)
    with pytest.raises(BatchyardError) as caught:
        render.bundle(local, "exome")
    assert message in str(caught.value)


def test_a_fault_in_the_template_names_its_line(project: Path, local: Environment) -> None:
    file = "templates/workflows/exome/state-machine.asl.yaml.j2"
    change(project, "workflow.description", "workflow.descripton", file)
    with pytest.raises(
        ManifestError, match=r"^templates/workflows/exome/state-machine.asl.yaml.j2:4: .*descripton"
    ):
        render.bundle(local, "exome")


def test_a_repeated_state_is_refused(project: Path, local: Environment) -> None:
    change(project, "  Results:\n", "  Analyse:\n", "templates/workflows/exome/state-machine.asl.yaml.j2")
    with pytest.raises(ManifestError, match="key Analyse is given twice"):
        render.bundle(local, "exome")


def test_a_smoke_input_that_breaks_the_schema_is_refused(project: Path, local: Environment) -> None:
    change(
        project, '"sampleId": "smoke"', '"sampleId": "../smoke"', "templates/workflows/exome/smoke.input.json"
    )
    with pytest.raises(ManifestError, match=r"smoke.input.json: \$.sampleId: '../smoke' does not match"):
        render.bundle(local, "exome")


def test_a_schema_that_is_none_is_refused(project: Path, local: Environment) -> None:
    change(project, '"type": "object"', '"type": "objct"', "templates/workflows/exome/input.schema.json")
    with pytest.raises(ManifestError, match=r"input.schema.json: not a JSON Schema: type"):
        render.bundle(local, "exome")


def test_a_name_that_aws_would_refuse_is_refused_here(local: Environment) -> None:
    name = "a-very-long-name-for-a-workflow-indeed"
    with pytest.raises(ManifestError, match=r"role name .* has 6\d characters, at most 64\n  shorten"):
        render.bundle(with_workflow(local, name), name)


@pytest.mark.parametrize("kind", sorted(limits.LENGTHS))
def test_the_longest_name_is_taken_and_one_more_is_not(kind: str) -> None:
    most = limits.LENGTHS[kind]
    assert limits.named(kind, "x" * most, "here") == "x" * most
    with pytest.raises(ManifestError, match=f"{most + 1} characters"):
        limits.named(kind, "x" * (most + 1), "here")


def test_a_list_in_a_resource_expands() -> None:
    permission = Permission(sid="A", actions=["batch:SubmitJob"], resources=["{two}:*", "arn:c"])
    [statement] = resolve([permission], {"two": ["arn:a", "arn:b"]}, "x")
    assert statement == {
        "Sid": "A",
        "Effect": "Allow",
        "Action": ["batch:SubmitJob"],
        "Resource": ["arn:a:*", "arn:b:*", "arn:c"],
    }


def test_nothing_is_written_by_rendering_in_memory(project: Path, local: Environment) -> None:
    before = sorted(project.rglob("*"))
    rendered(local, "exome-poll", Sources())
    assert sorted(project.rglob("*")) == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
    | st.sampled_from(["{% x %}", "{{ x }}", "'\"\\"])
)
def test_any_text_of_a_manifest_arrives_as_it_is(project: Path, local: Environment, text: str) -> None:
    import jsonata

    original = ROOT / "templates/workflows/exome/workflow.yaml"
    manifest = read_yaml(original.read_text(), "x").data
    manifest["description"] = text
    manifest["jobs"]["align"] |= {
        "parameters": {"workingDir": "/scratch", "cmdArgs": text},
        "environment": {"T": text},
    }
    (project / "templates/workflows/exome/workflow.yaml").write_text(inline(manifest))
    found = rendered(local, "exome")
    definition = found.bundle["job_definitions"]["align"]
    assert (found.bundle["description"], found.definition["Comment"]) == (text, text)
    assert definition["parameters"]["cmdArgs"] == text
    assert {"name": "T", "value": text} in definition["container_properties"]["environment"]
    code = expressions.inner(found.definition["States"]["Align"]["Arguments"]["Parameters"]["cmdArgs"])
    assert code is not None
    assert jsonata.Jsonata.jsonata(code).evaluate(None, {"states": {"input": {}}}) == text
    assert read_json(dump(found.bundle), "x") == found.bundle
