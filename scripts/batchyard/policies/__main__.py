"""`python -m batchyard.policies`: the own checks over an environment's bundles, or over its saved plan."""

from __future__ import annotations

import argparse
import sys

from batchyard.output import Output


def main() -> int:
    """Check an environment and return 1 where a rule is broken."""
    from batchyard.policies import scan

    parser = argparse.ArgumentParser(prog="python -m batchyard.policies", description=__doc__)
    parser.add_argument("--env", default="local", help="the environment (default local)")
    parser.add_argument("--plan", action="store_true", help="check the saved plan instead of the bundles")
    given = parser.parse_args()
    report = scan.of_plan(given.env) if given.plan else scan.of_bundles(given.env)
    out = Output()
    for finding in report.failed:
        out.line(finding.line())
    for finding in report.skipped:
        out.line(f"{finding.where}: skipped {finding.check}: {finding.what}")
    out.line(f"policies: {len(report.failed)} failed, {len(report.skipped)} skipped, {report.passed} passed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    from batchyard.__main__ import guarded

    sys.exit(guarded(main))
