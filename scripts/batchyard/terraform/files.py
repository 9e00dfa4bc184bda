"""Files that are whole or absent, and readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Write a file under another name first, mode 0600, then put it in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError as error:
        error.filename = str(path)  # a full disk is told without a name
        Path(name).unlink(missing_ok=True)
        raise
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
