"""What EC2 instance types hold: vCPUs, memory and GPUs, as far as their names tell."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

_SIZE = re.compile(r"([a-z]+)\d[a-z0-9-]*\.(?:(\d+)?x)?large")
_GRAVITON = re.compile(r"a1\b|[a-z]+\d+g")
# GiB per vCPU of the families whose ratio is fixed by name; others are not judged.
_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8}
# NVIDIA types with vCPUs, GiB, GPUs: https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
_ONE_GPU = {
    "xlarge": (4, 16, 1),
    "2xlarge": (8, 32, 1),
    "4xlarge": (16, 64, 1),
    "8xlarge": (32, 128, 1),
    "16xlarge": (64, 256, 1),
}
_G4DN = _ONE_GPU | {"12xlarge": (48, 192, 4), "metal": (96, 384, 8)}
_G5 = _ONE_GPU | {"12xlarge": (48, 192, 4), "24xlarge": (96, 384, 4), "48xlarge": (192, 768, 8)}
_GPU_SIZES: dict[str, dict[str, tuple[int, int, int]]] = {
    "p3": {"2xlarge": (8, 61, 1), "8xlarge": (32, 244, 4), "16xlarge": (64, 488, 8)},
    "p3dn": {"24xlarge": (96, 768, 8)},
    "p4d": {"24xlarge": (96, 1152, 8)},
    "p4de": {"24xlarge": (96, 1152, 8)},
    "p5": {"4xlarge": (16, 256, 1), "48xlarge": (192, 2048, 8)},
    "p5e": {"48xlarge": (192, 2048, 8)},
    "p5en": {"48xlarge": (192, 2048, 8)},
    "g4dn": _G4DN,
    "g5": _G5,
    "g6": _G5,
    "g6e": {size: (vcpus, 2 * gib, gpus) for size, (vcpus, gib, gpus) in _G5.items()},
}
# Names of bundles of families, none of which has GPUs.
BUNDLES = frozenset({"optimal", "default_x86_64", "default_arm64"})


@dataclass(frozen=True, slots=True)
class Size:
    """What an instance of a type holds."""

    vcpus: int
    gib: int
    gpus: int = 0


@functools.cache
def sizes(instance_type: str) -> tuple[Size, ...] | None:
    """Return the sizes of a type, of a GPU family, or None where the name does not tell.

    instance_type: as in instanceTypes: a type (c5.xlarge), a family (g5), or a bundle (optimal).
    """
    family, _, size = instance_type.partition(".")
    if family in _GPU_SIZES:
        known = _GPU_SIZES[family]
        if size and size not in known:
            return None
        return tuple(Size(*each) for name, each in known.items() if size in ("", name))
    match = _SIZE.fullmatch(instance_type)
    if not match or match[1] not in _GIB_PER_VCPU:
        return None
    vcpus = 4 * int(match[2] or 1) if "xlarge" in instance_type else 2
    return (Size(vcpus, vcpus * _GIB_PER_VCPU[match[1]]),)


def without_gpus(instance_type: str) -> bool:
    """Tell whether a type, family or bundle has no NVIDIA GPU: families of p and g have, others not.

    https://docs.aws.amazon.com/batch/latest/userguide/gpu-jobs.html
    """
    return not instance_type.startswith(("p", "g"))


def is_arm(instance_type: str) -> bool:
    """Tell whether a type, family or bundle is of Graviton: its family has a g after the number."""
    return instance_type == "default_arm64" or bool(_GRAVITON.match(instance_type))
