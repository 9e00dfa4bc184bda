"""AWS's rules on one container: each is broken once, and told with its key, the rule and the fix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from batchyard.errors import ManifestError
from batchyard.manifest import Job

Fault = Callable[[str, dict[str, Any]], ManifestError]
EFS = {"file_system": "fs-0123456789abcdef0"}
SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:x-AbCdEf"

# Sources: https://docs.aws.amazon.com/batch/latest/APIReference/ API_ContainerProperties,
# API_LinuxParameters, API_ResourceRequirement, API_Secret, API_EFSVolumeConfiguration,
# API_EFSAuthorizationConfig, API_MountPoint, API_Ulimit, API_Tmpfs, API_EphemeralStorage,
# API_LogConfiguration, API_RuntimePlatform (.html).
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    # image and user
    ("container", {"image": None}, "one: key image is missing", "image_uri"),
    ("container", {"image_uri": "python:3.12"}, "one.image_uri: image and image_uri exclude", "keep one"),
    (
        "container",
        {"image": None, "image_uri": "python"},
        "one.image_uri: without a tag",
        "tag other than latest",
    ),
    ("container", {"image": None, "image_uri": "a/b:latest"}, "one.image_uri: without a tag", "or a digest"),
    ("container", {"image": None, "image_uri": "a b:1"}, "one.image_uri: an image's name", "<registry>"),
    ("container", {"image": None, "image_uri": "a:1"}, "one.image_uri: the image of a registry may", "user:"),
    ("container", {"user": "root"}, "one.user: a container does not run as root", "allow_root: true"),
    ("container", {"user": "0:0"}, "one.user: a container does not run as root", "allow_root: true"),
    ("container", {"user": "00"}, "one.user: a container does not run as root", "allow_root: true"),
    ("container", {"repository_credentials": SECRET}, "credentials: images of the project", "leave it out"),
    (
        "container",
        {
            "image": None,
            "image_uri": "a:1",
            "user": "app",
            "repository_credentials": "arn:aws:ssm:us-east-1:000000000000:parameter/registry",
        },
        "one.repository_credentials: registry credentials are named by the ARN of a Secrets Manager secret",
        "arn:aws:secretsmanager:",
    ),
    # sizes
    (
        "container",
        {"vcpus": 0.5},
        "one.vcpus: on EC2 a container has a whole number",
        "write 1, or use Fargate",
    ),
    ("container", {"vcpus": 2.5}, "one.vcpus: on EC2 a container has a whole number", "write 3"),
    ("container", {"gpus": 1}, "one.gpus: a job with GPUs is of kind gpu", "kind: gpu"),
    ("container", {"vcpus": 1e308}, "one.vcpus: has to be at most 2147483647", "write at most"),
    ("container", {"memory": 2**31}, "one.memory: has to be at most 2147483647", "write at most"),
    ("container", {"timeout": "90000d"}, "one.timeout: AWS Batch counts the seconds", "28d"),
    # environment and secrets
    ("container", {"environment": {"A=B": "1"}}, "one.environment.A=B: a variable's name", "without ="),
    ("container", {"environment": {"": "1"}}, "one.environment.: a variable's name", "without ="),
    ("container", {"secrets": {"A=B": SECRET}}, "one.secrets.A=B: a variable's name", "without ="),
    (
        "container",
        {"secrets": {"AWS_BATCH_X": SECRET}},
        "one.secrets.AWS_BATCH_X: AWS Batch keeps",
        "otherwise",
    ),
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen: the
    # ARN ends with a hyphen and six characters, and a role's statement on less allows nothing
    (
        "container",
        {"secrets": {"PASSWORD": SECRET.removesuffix("-AbCdEf")}},
        "one.secrets.PASSWORD: the ARN of a secret ends with a hyphen and six characters",
        "describe-secret",
    ),
    (
        "container",
        {"environment/AWS_BATCH_X": "1"},
        "one.environment.AWS_BATCH_X: AWS Batch keeps",
        "otherwise",
    ),
    (
        "container",
        {"environment/DB_PASSWORD": "x"},
        "environment.DB_PASSWORD: a secret in clear",
        "secrets: {DB",
    ),
    (
        "container",
        {"environment/A": "AKIA" + "A" * 16},
        "one.environment.A: a secret in clear",
        "secrets: {A",
    ),
    ("container", {"secrets/A": "hunter2"}, "one.secrets.A: a secret is named by the ARN", "arn:aws:secrets"),
    (
        "container",
        {"secrets/A": SECRET, "environment/A": "b"},
        "one.secrets.A: a variable is given twice",
        "one of",
    ),
    # storage
    ("container", {"mounts": [{"volume": "x", "path": "/x"}]}, "mounts.0.volume: no volume x", "has: none"),
    (
        "container",
        {"volumes/x": {}, "mounts": [{"volume": "x", "path": "/"}]},
        "one.mounts.0.path: nothing mounts over /",
        "another path",
    ),
    (
        "container",
        {"volumes/x": {}, "mounts": [{"volume": "x", "path": "/x"}, {"volume": "x", "path": "/x/"}]},
        "one.mounts.1.path: /x is taken by another mount",
        "another path",
    ),
    (
        "container",
        {"scratch": True, "volumes": {"data": {}}, "mounts": [{"volume": "data", "path": "/scratch/"}]},
        "one.mounts.0.path: /scratch is taken by scratch",
        "another path",
    ),
    (
        "container",
        {
            "tmpfs": [{"path": "/tmp", "size": 1}],
            "volumes": {"data": {}},
            "mounts": [{"volume": "data", "path": "/tmp"}],
        },
        "one.mounts.0.path: /tmp is taken by tmpfs",
        "another path",
    ),
    (
        "container",
        {"tmpfs": [{"path": "/tmp", "size": 1}, {"path": "/tmp/", "size": 2}]},
        "one.tmpfs.1.path: /tmp is taken by tmpfs",
        "another path",
    ),
    ("container", {"tmpfs": [{"path": "/", "size": 1}]}, "one.tmpfs.0.path: nothing mounts over /", "path"),
    ("container", {"volumes/scratch": {}}, "one.volumes.scratch: the name scratch is taken", "scratch: true"),
    (
        "container",
        {"volumes/x": {"host": "/x", "efs": EFS}},
        "one.volumes.x: a volume has one source",
        "two volumes",
    ),
    (
        "container",
        {"volumes/x/efs": {**EFS, "iam": True, "transit_encryption": False}},
        "one.volumes.x.efs.transit_encryption: EFS mounts with iam only over an encrypted",
        "transit_encryption: true",
    ),
    (
        "container",
        {"volumes/x/efs": {**EFS, "access_point": "fsap-0123456789abcdef0", "transit_encryption": False}},
        "transit_encryption: EFS mounts with access_point only over an encrypted",
        "transit_encryption: true",
    ),
    (
        "container",
        {"volumes/x/efs": {**EFS, "access_point": "fsap-0123456789abcdef0", "root": "/data"}},
        "one.volumes.x.efs.root: with an access point, EFS mounts the point's own directory",
        "leave root out",
    ),
    # Linux and logs
    (
        "container",
        {"ulimits/nofile": {"soft": 9, "hard": 8}},
        "nofile.soft: the soft limit is above",
        "at most 8",
    ),
    (
        "container",
        {"log": {"driver": "splunk", "options": {"splunk-token": "x"}}},
        "one.log.options.splunk-token: a secret in clear",
        "secret_options: {splunk-token",
    ),
    # Fargate
    (
        "fargate",
        {"vcpus": 3},
        "one.vcpus: Fargate has no size of 3 vCPU",
        "sizes are 0.25, 0.5, 1, 2, 4, 8, 16, 32",
    ),
    (
        "fargate",
        {"memory": 1024},
        "one.memory: Fargate has no size of 1 vCPU with 1024 MiB",
        "MiB are 2048, 3072",
    ),
    (
        "fargate",
        {"memory": 2500},
        "one.memory: Fargate has no size of 1 vCPU with 2500 MiB",
        "MiB are 2048, 3072",
    ),
    ("fargate", {"gpus": 1}, "one.gpus: Fargate has no GPUs", "on EC2"),
    ("fargate", {"scratch": True}, "one.scratch: Fargate has no scratch volume", "on EC2"),
    ("fargate", {"shared_memory": 64}, "one.shared_memory: Fargate has no shared memory size", "on EC2"),
    ("fargate", {"tmpfs": [{"path": "/t", "size": 1}]}, "one.tmpfs: Fargate has no tmpfs", "on EC2"),
    ("fargate", {"swap": {"max": 1}}, "one.swap: Fargate has no swap", "on EC2"),
    ("fargate", {"devices": [{"host": "/dev/fuse"}]}, "one.devices: Fargate has no devices", "on EC2"),
    ("fargate", {"privileged": True}, "one.privileged: Fargate has no privileged containers", "on EC2"),
    (
        "fargate",
        {"ulimits/nofile": {"soft": 1, "hard": 2}},
        "ulimits.nofile: Fargate takes no ulimits",
        "on EC2",
    ),
    (
        "fargate",
        {"log": {"driver": "syslog"}},
        "one.log.driver: Fargate has no log driver",
        "awslogs and splunk",
    ),
    ("fargate", {"volumes/x/host": "/x"}, "one.volumes.x.host: Fargate has no host to mount", "(efs)"),
    (
        "fargate",
        {"volumes/x/efs": EFS, "platform_version": "1.3.0"},
        "one.platform_version: Fargate mounts EFS from platform version 1.4.0",
        "LATEST",
    ),
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html
    (
        "fargate",
        {"ephemeral_storage": 30, "platform_version": "1.3.0"},
        "one.platform_version: Fargate has ephemeral_storage from platform version 1.4.0",
        "LATEST",
    ),
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html
    (
        "fargate",
        {"architecture": "ARM64", "platform_version": "1.3.0"},
        "one.platform_version: Fargate runs on ARM64 from platform version 1.4.0",
        "LATEST",
    ),
    (
        "fargate",
        {"operating_system": "WINDOWS_SERVER_2022_CORE", "architecture": "ARM64"},
        "one.architecture: Windows runs on X86_64 alone",
        "X86_64",
    ),
    (
        "fargate",
        {"operating_system": "WINDOWS_SERVER_2022_CORE", "user": "app"},
        "one.user: Windows containers take no user",
        "leave it out",
    ),
    (
        "fargate",
        {"operating_system": "WINDOWS_SERVER_2022_CORE", "volumes/x/efs": EFS},
        "one.volumes.x.efs: Windows containers mount no EFS",
        "LINUX",
    ),
    ("array", {"public_ip": True}, "one.public_ip: public_ip is of Fargate", "platform: fargate"),
    ("array", {"platform": "fargate", "memory": 1}, "one.memory: has to be at least", ""),
    ("array", {"platform": "fargate", "scratch": True}, "one.scratch: Fargate has no scratch", "on EC2"),
]


@pytest.mark.parametrize(("kind", "changes", "message", "fix"), CASES, ids=[case[2][:60] for case in CASES])
def test_a_broken_rule_names_the_key_the_rule_and_the_fix(
    fault: Fault, kind: str, changes: dict[str, Any], message: str, fix: str
) -> None:
    error = fault(kind, changes)
    assert message in error.what
    assert error.what.startswith(("jobs.one", "key jobs.one"))
    assert fix in error.fix
    assert error.where.startswith("workflow.yaml:")


@pytest.mark.parametrize(
    ("kind", "changes", "place"),
    [
        (
            "fargate",
            {"ephemeral_storage": 20},
            "jobs.one.ephemeral_storage: has to be at least 21",
        ),
        (
            "fargate",
            {"ephemeral_storage": 201},
            "jobs.one.ephemeral_storage: has to be at most 200",
        ),
        ("gpu", {"gpus": 0}, "jobs.one.gpus: has to be at least 1"),
        ("gpu", {"gpus": 1.5}, "jobs.one.gpus: has to be a whole number"),
        ("gpu", {"gpus": None}, "key jobs.one.gpus is missing"),
        ("container", {"memory": 3}, "jobs.one.memory: has to be at least 4"),
        ("container", {"shared_memory": 0}, "jobs.one.shared_memory: has to be at least"),
        ("container", {"swap": {"swappiness": 10}}, "key jobs.one.swap.max is missing"),
        (
            "container",
            {"swap": {"max": 1, "swappiness": 101}},
            "jobs.one.swap.swappiness: has to be at most",
        ),
        (
            "container",
            {"ulimits/files": {"soft": 1, "hard": 1}},
            "jobs.one.ulimits.files: 'files' is none of core, cpu",
        ),
        (
            "container",
            {"tmpfs": [{"path": "/t", "size": 1, "options": ["x"]}]},
            "jobs.one.tmpfs.0.options.0: 'x' is none of defaults",
        ),
        (
            "container",
            {"log": {"driver": "awsfirelens"}},
            "one.log.driver: 'awsfirelens' is none of awslogs",
        ),
        ("array", {"size": 1}, "jobs.one.size: has to be at least 2"),
        ("array", {"size": 10_001}, "jobs.one.size: has to be at most 10000"),
        ("container", {"scheduling_priority": 10_000}, "jobs.one.scheduling_priority: has to be at most"),
        ("container", {"share": "a-b"}, "jobs.one.share: has to be up to 255 letters and digits"),
        ("container", {"tags": {"aws:x": "1"}}, "jobs.one.tags.aws:x: AWS keeps tags that start with aws:"),
        (
            "container",
            {"kind": "spark"},
            "jobs.one.kind: 'spark' is none of container, gpu, fargate, array",
        ),
    ],
)
def test_values_out_of_range_are_refused_with_their_key(
    fault: Fault, kind: str, changes: dict[str, Any], place: str
) -> None:
    assert place in fault(kind, changes).what


def test_a_key_of_another_kind_is_answered_with_that_kind(fault: Fault) -> None:
    assert (
        fault("container", {"public_ip": True}).fix
        == "public_ip is of kind array and fargate and multi-container"
    )
    assert fault("fargate", {"memmory": 1}).fix == "did you mean memory?"


@pytest.mark.parametrize("name", ["TOKEN_PATH", "SECRET_ARN", "CREDENTIALS_FILE", "API_KEY_NAME"])
def test_a_variable_that_says_where_a_secret_is_holds_none(made: Callable[..., Job], name: str) -> None:
    assert made("container", environment={name: "x"}).containers[0][1].environment == {name: "x"}


@pytest.mark.parametrize("changes", [{"user": "root"}, {"image": None, "image_uri": "tool:1"}])
def test_root_is_taken_where_it_is_meant(made: Callable[..., Job], changes: dict[str, Any]) -> None:
    job = made("container", allow_root=True, **changes)
    assert job.containers[0][1].allow_root
