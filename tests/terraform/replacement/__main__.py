"""Write docs/replacement.md anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.terraform.module_plans import workspace
from tests.terraform.replacement.page import FILE, page
from tests.terraform.replacement.plans import measure

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder)) as space:
        FILE.write_text(page(measure(space)))
