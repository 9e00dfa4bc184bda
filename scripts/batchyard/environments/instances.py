"""What the names of EC2 instance types tell: their processor, and whether they have a GPU."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Architecture = Literal["x86_64", "arm64"]

# Names of instance types: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
# A g after the generation's number says Graviton; A1 and the Grace-Blackwell P6e are Arm without it.
_ARM = re.compile(r"([a-z]+[0-9]+g[a-z]*|is4gen|a1|p[0-9]+e-gb[0-9]+|default_arm64)(\..+)?")
_GPU = re.compile(r"(p[0-9]|g[0-9]|gr[0-9]).*")


def architectures(types: Iterable[str]) -> set[Architecture]:
    """Return the architectures of instance types, families and the bundles that Batch offers."""
    return {"arm64" if _ARM.fullmatch(name) else "x86_64" for name in types}


def has_gpu(name: str) -> bool:
    """Say whether an instance type or family is of the P or G families, which hold NVIDIA GPUs."""
    return _GPU.fullmatch(name) is not None
