"""Compute environments and queues of an environment: what their data says, and every rule broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from tests.unit.cli_fixtures import TFVARS

from batchyard.environments import Compute, Environment, Queue, load
from batchyard.environments.instances import architectures
from batchyard.errors import ManifestError

FILE = "terraform/environments/dev.tfvars"
SPOT = 'spot = { type = "SPOT", max_vcpus = 16 }'
EKS = (
    'eks = { cluster_arn = "arn:aws:eks:eu-west-1:111122223333:cluster/c", namespace = "batch", '
    'subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }'
)
SPOT_NODES = EKS.replace(" }", ', capacity = "SPOT" }')
FOREIGN = "arn:aws:batch:eu-west-1:111122223333:compute-environment/theirs"


def loaded(project: Path, compute: str = SPOT, queue: str = "") -> Environment:
    """Return the environment with one line of compute environments and a queue `more` beside its own."""
    text = TFVARS.replace(SPOT, f"{SPOT}, {compute}" if compute != SPOT else SPOT)
    if queue:
        text = text.replace("queues  = {", f"queues  = {{ more = {{ priority = 1, {queue} }},")
    (project / FILE).write_text(text)
    return load("dev")


@pytest.mark.parametrize(
    ("data", "platform", "architecture", "spot", "gpus"),
    [
        ('type = "EC2", max_vcpus = 1', "EC2", "x86_64", False, False),
        ('max_vcpus = 1, instance_types = ["m7g.xlarge", "c7gn"]', "EC2", "arm64", True, False),
        (
            'max_vcpus = 1, instance_types = ["g6", "p5"], image = "al2023_nvidia"',
            "EC2",
            "x86_64",
            True,
            True,
        ),
        ('type = "FARGATE", max_vcpus = 1', "FARGATE", None, False, False),
        ('type = "FARGATE_SPOT", max_vcpus = 1', "FARGATE", None, True, False),
        (f'type = "EKS", max_vcpus = 1, {EKS}', "EKS", "x86_64", False, False),
        (
            f'type = "EKS", max_vcpus = 1, {SPOT_NODES}',
            "EKS",
            "x86_64",
            True,
            False,
        ),
        ('type = "UNMANAGED"', "EC2", None, False, False),
        (f'type = "EC2", arn = "{FOREIGN}"', "EC2", None, False, False),
    ],
)
def test_an_environment_tells_what_jobs_have_to_know(
    project: Path, data: str, platform: str, architecture: str | None, spot: bool, gpus: bool
) -> None:
    found = loaded(project, f"other = {{ {data} }}").compute["other"]
    assert (found.platform, found.architecture, found.is_spot, found.has_gpus) == (
        platform,
        architecture,
        spot,
        gpus,
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("max_vcpus = 0", "compute.other.max_vcpus: "),
        ('type = "EC2"', "max_vcpus bounds what an environment can cost, and is missing"),
        ('type = "UNMANAGED", max_vcpus = 8', "max_vcpus is not for UNMANAGED"),
        ("max_vcpus = 4, min_vcpus = 8", "min_vcpus is at most max_vcpus, 4"),
        (
            'max_vcpus = 4, type = "EKS"',
            "eks names the cluster of an environment of type EKS, and of no other",
        ),
        (f"max_vcpus = 4, {EKS}", "eks names the cluster of an environment of type EKS, and of no other"),
        ('max_vcpus = 4, type = "FARGATE", image = "al2023"', "image is not for type FARGATE"),
        ('max_vcpus = 4, type = "FARGATE", scratch = {}', "scratch is not for type FARGATE"),
        ('type = "UNMANAGED", instance_types = ["m7i"]', "instance_types is not for type UNMANAGED"),
        (f'max_vcpus = 4, type = "EKS", image_pull = "once", {EKS}', "image_pull is not for type EKS"),
        ('max_vcpus = 4, type = "EC2", spot_bid_percentage = 50', "spot_bid_percentage is for type SPOT"),
        ('max_vcpus = 4, instance_types = ["m7g", "m7i"]', "instance_types share one architecture"),
        ("max_vcpus = 4, instance_types = []", "compute.other.instance_types: "),
        ('max_vcpus = 4, instance_types = ["g6"]', "image al2023_nvidia is for instance types with GPUs"),
        ('max_vcpus = 4, image = "al2023_nvidia"', "image al2023_nvidia is for instance types with GPUs"),
        ('max_vcpus = 4, image = "al2"', "compute.other.image: "),
        ("max_vcpus = 4, scratch = { gib = 0 }", "gib of scratch on EBS is at least 1"),
        ('max_vcpus = 4, scratch = { mount = "scratch" }', "compute.other.scratch.mount: "),
        ("max_vcpus = 4, update_policy = { timeout_minutes = 361 }", "update_policy.timeout_minutes: "),
        ('max_vcpus = 4, container_insights = "ENABLED"', "unknown key compute.other.container_insights"),
        ('arn = "theirs"', "compute.other.arn: "),
        ("max_vcpus = 4, scratch_gib = 4", "unknown key compute.other.scratch_gib"),
    ],
)
def test_a_compute_environment_keeps_its_rules(project: Path, data: str, told: str) -> None:
    with pytest.raises(ManifestError) as caught:
        loaded(project, f"other = {{ {data} }}")
    assert told in caught.value.sentence()
    assert caught.value.sentence().startswith(f"{FILE}:6: ")


@pytest.mark.parametrize(
    ("compute", "queue", "told"),
    [
        (SPOT, 'compute = ["gone"]', "queue more names no compute environment gone"),
        (SPOT, "compute = []", "queues.more.compute: "),
        (
            'f = { type = "FARGATE", max_vcpus = 1 }',
            'compute = ["spot", "f"]',
            "queue more mixes EC2 and FARGATE",
        ),
        (
            'arm = { max_vcpus = 1, instance_types = ["m7g"] }',
            'compute = ["spot", "arm"]',
            "queue more mixes arm64 and x86_64",
        ),
        (
            SPOT,
            'compute = ["spot"], cancel_runnable_after_seconds = { capacity = 60 }',
            "queues.more.cancel_runnable_after_seconds.capacity: ",
        ),
        (
            SPOT,
            'compute = ["spot"], fair_share = { reservation = 100 }',
            "queues.more.fair_share.reservation: ",
        ),
        (
            SPOT,
            'compute = ["spot"], fair_share = { decay_seconds = -1 }',
            "queues.more.fair_share.decay_seconds: ",
        ),
        (
            SPOT,
            'compute = ["spot"], fair_share = { shares = { "a-b" = 1 } }',
            "share identifier a-b is at most 255 letters and digits",
        ),
        (
            SPOT,
            'compute = ["spot"], fair_share = { shares = { a = 0 } }',
            "the weight of share a lies between 0.0001 and 999.9999",
        ),
        (
            SPOT,
            'compute = ["spot"], fair_share = { shares = { "a*" = 1, ab = 1 } }',
            "share identifiers do not overlap, and a* holds ab too",
        ),
    ],
)
def test_a_queue_keeps_its_rules(project: Path, compute: str, queue: str, told: str) -> None:
    with pytest.raises(ManifestError) as caught:
        loaded(project, compute, queue)
    assert told in caught.value.sentence()


def test_instances_of_ones_own_share_a_queue_with_those_of_batch(project: Path) -> None:
    environment = loaded(project, 'own = { type = "UNMANAGED" }', 'compute = ["own", "spot"]')
    assert [each.type for each in environment.behind("more")] == ["UNMANAGED", "SPOT"]


@pytest.mark.parametrize(
    ("file", "model"), [("variables_compute.tf", Compute), ("variables_queues.tf", Queue)]
)
def test_both_sides_know_the_same_fields(project_root: Path, file: str, model: type[BaseModel]) -> None:
    text = (project_root / "terraform" / file).read_text()
    body = text[text.index("map(object({") : text.index("\n  }))\n")]
    assert set(re.findall(r"^    (\w+) +=", body, re.MULTILINE)) == set(model.model_fields)


# Names as EC2 gives them: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
ARM = [
    "m6g",
    "c7gn.16xlarge",
    "im4gn.large",
    "is4gen",
    "x2gd",
    "hpc7g.4xlarge",
    "g5g",
    "a1",
    "p6e-gb200.36xlarge",
]
X86 = [
    "optimal",
    "m7i-flex",
    "g4dn.xlarge",
    "gr6.8xlarge",
    "p5en",
    "hpc6id",
    "trn1",
    "u7i-12tb.224xlarge",
    "c6a",
]


def test_terraform_and_python_tell_arm_from_x86_alike(project_root: Path) -> None:
    text = (project_root / "modules" / "compute" / "kinds.tf").read_text()
    [pattern] = re.findall(r'_arm += "(.*)"$', text, re.MULTILINE)
    for name in [*ARM, "default_arm64"]:
        assert (architectures([name]), bool(re.search(pattern, name))) == ({"arm64"}, True), name
    for name in [*X86, "default_x86_64"]:
        assert (architectures([name]), bool(re.search(pattern, name))) == ({"x86_64"}, False), name


def test_the_example_of_the_documentation_is_fine(project: Path, project_root: Path) -> None:
    text = (project_root / "docs" / "environments.md").read_text()
    [example] = re.findall(r"^```hcl\n(compute = .*?)^```$", text, re.MULTILINE | re.DOTALL)
    kept = "".join(line for line in TFVARS.splitlines(True) if not line.startswith("compute ="))
    (project / FILE).write_text(kept + example)
    assert {each.type for each in load("dev").compute.values()} == {"SPOT", "EC2", "FARGATE_SPOT"}


def test_the_documentation_has_every_field(project_root: Path) -> None:
    text = (project_root / "docs" / "environments.md").read_text()
    fields = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert {*Compute.model_fields, *Queue.model_fields} - fields == set()
