"""One compute environment of an environment: Terraform's `compute`, with the rules that tell its line."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from batchyard.environments.instances import Architecture, architectures, has_gpu
from batchyard.environments.parts import Eks, Registry, Scratch, UpdatePolicy
from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data

ComputeType = Literal["EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "EKS", "UNMANAGED"]
Platform = Literal["EC2", "FARGATE", "EKS"]

_PLATFORMS: dict[ComputeType, Platform] = {
    "EC2": "EC2",
    "SPOT": "EC2",
    "FARGATE": "FARGATE",
    "FARGATE_SPOT": "FARGATE",
    "EKS": "EKS",
    "UNMANAGED": "EC2",
}

# None of these is for Fargate, and an unmanaged environment takes no computeResources at all:
# https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html
_OF_INSTANCES = (
    *("min_vcpus", "instance_types", "allocation_strategy", "image", "image_id", "placement_group"),
    *("efa_interfaces", "update_policy", "scratch", "root_gib", "registry", "image_pull"),
    *("reserved_memory_mib", "user_data"),
)
_OF_ECS_INSTANCES = ("registry", "image_pull", "reserved_memory_mib", "efa_interfaces")


class Compute(Data):
    """One compute environment: made here, or, with `arn`, made elsewhere and only attached to queues."""

    type: ComputeType = "SPOT"
    arn: str | None = Field(
        default=None, pattern=r"^arn:aws[a-z-]*:batch:[a-z0-9-]+:\d{12}:compute-environment/"
    )
    max_vcpus: int | None = Field(default=None, ge=1)
    min_vcpus: int = Field(default=0, ge=0)
    instance_types: list[str] = Field(default=["optimal"], min_length=1)
    allocation_strategy: str | None = None
    spot_bid_percentage: int | None = Field(default=None, ge=1, le=100)
    image: Literal["al2023", "al2023_nvidia"] = "al2023"
    image_id: str | None = None
    zones: list[str] | None = None
    placement_group: bool = False
    efa_interfaces: int = Field(default=0, ge=0, le=32)
    update_policy: UpdatePolicy = UpdatePolicy()
    scratch: Scratch = Scratch()
    root_gib: int = Field(default=50, ge=30, le=16_384)
    registry: Registry | None = None
    image_pull: Literal["default", "always", "once", "prefer-cached"] = "prefer-cached"
    reserved_memory_mib: int = Field(default=0, ge=0)
    user_data: list[str] = Field(default=[])
    eks: Eks | None = None
    tags: dict[str, str] = Field(default={})

    @property
    def platform(self) -> Platform:
        """Return what a queue may not mix: EC2 (with Spot and unmanaged), FARGATE (with Spot) or EKS."""
        return _PLATFORMS[self.type]

    @property
    def is_spot(self) -> bool:
        """Say whether AWS may take its capacity back."""
        return self.type in ("SPOT", "FARGATE_SPOT") or (self.eks is not None and self.eks.capacity == "SPOT")

    @property
    def architecture(self) -> Architecture | None:
        """Return the processor of its instances; none for Fargate, where each job chooses, and unmanaged."""
        if self.arn or not self._has_instances:
            return None
        return next(iter(architectures(self.instance_types)))

    @property
    def _has_instances(self) -> bool:
        return self.type in ("EC2", "SPOT", "EKS")

    @property
    def has_gpus(self) -> bool:
        """Say whether its instances hold NVIDIA GPUs."""
        return any(has_gpu(name) for name in self.instance_types)

    @model_validator(mode="after")
    def _fits(self) -> Compute:
        if self.arn is None:
            self._check_size()
            self._check_kind()
            self._check_instances()
        return self

    def _check_size(self) -> None:
        if self.type == "UNMANAGED":
            if self.max_vcpus is not None:
                raise Broken(
                    "max_vcpus is not for UNMANAGED, because Batch starts nothing there",
                    at=("max_vcpus",),
                    fix="leave it out",
                )
        elif self.max_vcpus is None:
            raise Broken(
                "max_vcpus bounds what an environment can cost, and is missing", fix="max_vcpus = 64"
            )
        elif self.min_vcpus > self.max_vcpus:
            raise Broken(
                f"min_vcpus is at most max_vcpus, {self.max_vcpus}", at=("min_vcpus",), fix="min_vcpus = 0"
            )

    def _check_kind(self) -> None:
        if (self.type == "EKS") != (self.eks is not None):
            raise Broken(
                "eks names the cluster of an environment of type EKS, and of no other",
                fix='set type = "EKS" and eks = { cluster_arn, namespace, subnet_ids, security_group_ids }',
            )
        unfit: tuple[str, ...] = ()
        if not self._has_instances:
            unfit = _OF_INSTANCES
        elif self.type == "EKS":
            unfit = _OF_ECS_INSTANCES
        for name in unfit:
            if name in self.model_fields_set:
                raise Broken(f"{name} is not for type {self.type}", at=(name,), fix=f"leave {name} out")
        if self.spot_bid_percentage is not None and self.type != "SPOT":
            raise Broken(
                "spot_bid_percentage is for type SPOT, because nothing else has a Spot price",
                at=("spot_bid_percentage",),
                fix="leave it out",
            )

    def _check_instances(self) -> None:
        if len(architectures(self.instance_types)) != 1:
            raise Broken(
                "instance_types share one architecture, because one image starts them all: Batch refuses "
                "x86 and Arm together",
                at=("instance_types",),
                fix="make an environment for each architecture",
            )
        gpus = {has_gpu(name) for name in self.instance_types}
        if gpus != {self.image == "al2023_nvidia"} and self._has_instances and not self.image_id:
            raise Broken(
                "image al2023_nvidia is for instance types with GPUs (families p and g), which take no other",
                at=("instance_types",),
                fix='set image = "al2023_nvidia" and GPU types alone, or neither',
            )
