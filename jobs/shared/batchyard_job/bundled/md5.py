"""`@md5 FILE`: writes FILE.md5 in the form that md5sum -c reads."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str]) -> None:
    """Write the checksum of `argv[1]` beside it."""
    path = Path(argv[1])
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    path.with_name(path.name + ".md5").write_text(f"{digest.hexdigest()}  {path.name}\n")
