#!/usr/bin/env python3
"""Run all benchmarks: print ratios, write benchmarks/results/<name>.json. Nothing here is asserted in tests.

Each benchmark is a module beside this one with `run() -> dict`: figures by name, each {value, unit, aim}.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NAMES = ("startup", "rendering", "engine", "arrays", "states", "exome")


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all of them."""
    sys.path.insert(0, str(HERE))
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    for name in names or NAMES:
        figures: dict[str, Any] = importlib.import_module(name).run()
        when = datetime.now(UTC).isoformat(timespec="seconds")
        document = {"benchmark": name, "when": when, "python": platform.python_version(), "figures": figures}
        (results / f"{name}.json").write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
        for label, figure in figures.items():
            print(f"{name:<10} {label:<44} {figure['value']:>10.4g} {figure['unit']:<12} aim {figure['aim']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
