"""What RegisterJobDefinition refuses of containers, on EC2 and on Fargate, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.local.batch import container_rules, definitions, fargate
from batchyard.local.batch.errors import ApiError


def asked(vcpus: str = "1", memory: str = "2048", **more: str) -> list[dict[str, str]]:
    amounts = {"VCPU": vcpus, "MEMORY": memory, **more}
    return [{"type": kind, "value": value} for kind, value in amounts.items()]


PLAIN: dict[str, Any] = {"image": "busybox", "resourceRequirements": asked()}
SERVERLESS = PLAIN | {"executionRoleArn": "arn:aws:iam::000000000000:role/exec"}
EFS = {"name": "shared", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}


def refusal(properties: dict[str, Any], *capabilities: str) -> str:
    payload = {
        "type": "container",
        "containerProperties": properties,
        "platformCapabilities": list(capabilities),
    }
    with pytest.raises(ApiError) as caught:
        definitions.check(payload)
    return caught.value.message


def efs(**changes: Any) -> dict[str, Any]:
    return PLAIN | {"volumes": [EFS | {"efsVolumeConfiguration": {"fileSystemId": "fs-1", **changes}}]}


# https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html, the words of the first
# four as reported: ASFHyP3/hyp3#586, kestra-io/plugin-aws#504.
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"resourceRequirements": []}, "vCPU is not provided."),
        ({"resourceRequirements": asked()[:1]}, "Memory is not provided."),
        (
            {"resourceRequirements": asked("1.0")},
            "Value 1.0 for type VCPU in resourceRequirement is not valid. Please provide a numeric value.",
        ),
        ({"resourceRequirements": asked(memory="2GB")}, "Value 2GB for type MEMORY in resourceRequirement"),
        ({"resourceRequirements": asked("0")}, "Resource requirement VCPU must be at least 1"),
        ({"resourceRequirements": asked(memory="3")}, "Resource requirement MEMORY must be at least 4"),
        (
            {"resourceRequirements": asked(GPU="0")},
            "Resource requirement GPU must be at least 1: leave it out",
        ),
        ({"image": ""}, "Container.image should not be null or empty."),
        (
            {"environment": [{"name": "AWS_BATCH_X", "value": "1"}]},
            "cannot start with AWS_BATCH: AWS_BATCH_X",
        ),
        ({"mountPoints": [{"sourceVolume": "data"}]}, "Unknown volume 'data' in mountPoints."),
        ({"volumes": [EFS, EFS]}, "Volume name 'shared' is not unique"),
        ({"linuxParameters": {"swappiness": 101}}, "linuxParameters.swappiness must be between 0 and 100"),
        ({"linuxParameters": {"maxSwap": -1}}, "linuxParameters.maxSwap must be 0 or a positive integer"),
        (
            {"networkConfiguration": {"assignPublicIp": "ENABLED"}},
            "networkConfiguration is not applicable for EC2",
        ),
        ({"fargatePlatformConfiguration": {"platformVersion": "1.4.0"}}, "use platform capability FARGATE"),
    ],
)
def test_ec2_refusals(changes: dict[str, Any], message: str) -> None:
    assert message in refusal(PLAIN | changes)


# https://docs.aws.amazon.com/batch/latest/APIReference/API_EFSVolumeConfiguration.html
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"authorizationConfig": {"iam": "ENABLED"}}, "'shared': transitEncryption must be ENABLED"),
        (
            {"authorizationConfig": {"accessPointId": "a"}, "rootDirectory": "/x"},
            "rootDirectory must be omitted or /",
        ),
        ({"transitEncryptionPort": 70_000}, "transitEncryptionPort must be between 0 and 65535"),
    ],
)
def test_volumes_that_contradict_themselves(changes: dict[str, Any], message: str) -> None:
    assert message in refusal(efs(**changes))


# https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html (each member tells what
# is not for Fargate), API_LinuxParameters, API_LogConfiguration, API_EphemeralStorage, API_Volume,
# API_RuntimePlatform.
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"executionRoleArn": None}, "EXECUTION_ROLE_ARN is required for Fargate jobs"),
        ({"vcpus": 1}, "vcpus is not applicable for Fargate. Use resource requirements instead."),
        ({"memory": 2048}, "memory is not applicable for Fargate. Use resource requirements instead."),
        ({"privileged": True}, "privileged is not applicable for Fargate. Leave it out, or use platform cap"),
        (
            {"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 1}]},
            "ulimits nofile is not",
        ),
        ({"instanceType": "c5.large"}, "instanceType is not applicable for Fargate"),
        ({"linuxParameters": {"sharedMemorySize": 64}}, "linuxParameters.sharedMemorySize is not applicable"),
        ({"linuxParameters": {"devices": [{"hostPath": "/dev/x"}]}}, "linuxParameters.devices is not applic"),
        (
            {"linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 1}]}},
            "linuxParameters.tmpfs is not",
        ),
        ({"resourceRequirements": asked(GPU="1")}, "Resource requirement GPU is not applicable for Fargate"),
        (
            {"logConfiguration": {"logDriver": "json-file"}},
            "logDriver json-file is not applicable for Fargate",
        ),
        ({"volumes": [{"name": "d", "host": {"sourcePath": "/d"}}]}, "Volume 'd': host is not applicable"),
        (
            {"ephemeralStorage": {"sizeInGiB": 20}},
            "ephemeralStorage.sizeInGiB must be between 21 and 200, not 20",
        ),
        ({"ephemeralStorage": {"sizeInGiB": 201}}, "between 21 and 200, not 201"),
        (
            {"runtimePlatform": {"cpuArchitecture": "ARM"}},
            "cpuArchitecture must be one of X86_64, ARM64, not ARM",
        ),
        (
            {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}},
            "must be set to X86_64 for Windows",
        ),
        (
            {"resourceRequirements": asked(memory="4000")},
            # https://github.com/Netflix/metaflow/issues/749
            "Fargate resource requirements (1.00 vCPU, 4000 MiB) not valid.",
        ),
        ({"resourceRequirements": asked("3", "8192")}, "Fargate resource requirements (3.00 vCPU, 8192 MiB)"),
        ({"resourceRequirements": asked("0.1")}, "Resource requirement VCPU must be at least 0.25"),
    ],
)
def test_fargate_refusals(changes: dict[str, Any], message: str) -> None:
    assert message in refusal(SERVERLESS | changes, "FARGATE")


# By memory: https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
@pytest.mark.parametrize(
    ("memory", "vcpus"),
    [
        ([512], {0.25}),
        ([1024], {0.25, 0.5}),
        ([2048], {0.25, 0.5, 1}),
        ([3072], {0.5, 1}),
        ([4096], {0.5, 1, 2}),
        ([5120, 6144, 7168], {1, 2}),
        ([8192], {1, 2, 4}),
        ([9216, 10240, 11264, 12288, 13312, 14336, 15360], {2, 4}),
        ([16384], {2, 4, 8}),
        ([17408, 18432, 19456, 21504, 22528, 23552, 25600, 26624, 27648, 29696, 30720], {4}),
        ([20480, 24576, 28672], {4, 8}),
        ([36864, 45056, 53248], {8}),
        ([61440], {8, 32}),
        ([32768, 40960, 49152, 57344], {8, 16}),
        ([65536, 73728, 81920, 90112, 98304, 106496, 114688], {16}),
        ([122880], {16, 32}),
        ([249856], {32}),
    ],
)
def test_fargate_pairs(memory: list[int], vcpus: set[float]) -> None:
    for mib in memory:
        assert {each for each, sizes in fargate.PAIRS.items() if mib in sizes} == vcpus


@given(st.sampled_from(sorted(fargate.PAIRS)), st.integers(1, 250_000))
def test_every_other_size_is_refused(vcpus: float, mib: int) -> None:
    properties = SERVERLESS | {"resourceRequirements": asked(f"{vcpus:g}", str(mib))}
    if mib not in fargate.PAIRS[vcpus]:
        assert "not valid" in refusal(properties, "FARGATE") or mib < container_rules.LEAST_MEMORY_MIB


def test_what_fargate_takes() -> None:
    properties = SERVERLESS | {
        "privileged": False,
        "logConfiguration": {"logDriver": "splunk"},
        "ephemeralStorage": {"sizeInGiB": 200},
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "volumes": [EFS],
        "networkConfiguration": {"assignPublicIp": "DISABLED"},
        "linuxParameters": {"initProcessEnabled": True},
    }
    definitions.check(
        {"type": "container", "containerProperties": properties, "platformCapabilities": ["FARGATE"]}
    )
