"""Entry point of a node of the reduction."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# The library is beside this folder in a checkout, and within it in the image.
sys.path[:0] = [str(folder) for folder in (_HERE / "shared", _HERE.parent / "shared") if folder.is_dir()]

from reduction.program import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
