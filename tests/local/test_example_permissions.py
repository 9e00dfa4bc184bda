"""Roles of the example workflows hold exactly enough: whole they pass, less any one statement they do not.

Each statement is taken from a copy of the workflow, so that all can be tried at the same time.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.local.copies import UNSEEN, Copy, Statement, bundle, statements
from tests.stack import Stack

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]
EXAMPLES = ("fetch-run", "maze", "mpi", "recordings")
AT_ONCE = 8  # runs, of up to four processes each


@pytest.mark.parametrize("workflow", EXAMPLES)
def test_it_passes_with_iam_enforced(enforcing: Stack, workflow: str) -> None:
    enforcing.cli("smoke", "--workflow", workflow).checked()


@pytest.fixture(scope="module")
def script(enforcing: Stack) -> str:
    folder = Path(__file__).parents[2] / "templates/workflows/fetch-run/smoke"
    bucket = enforcing.outputs()["bucket_names"]["data"]
    enforcing.put(bucket, "tests/permissions/text.txt", folder / "text.txt")
    return enforcing.put(bucket, "tests/permissions/count_words.py", folder / "count_words.py")


def smallest(stack: Stack, workflow: str, script: str) -> dict[str, Any]:
    """Return the smallest input of a workflow."""
    results, buckets = stack.place("permissions"), stack.outputs()["bucket_names"]
    text, words = script.replace("count_words.py", "text.txt"), f"{results}/fetch-run/words.json"
    recorded = results.replace(buckets["results"], buckets["data"])
    common = {"runId": uuid4().hex, "resultsS3Path": results}
    inputs: dict[str, dict[str, Any]] = {
        "fetch-run": {
            "fileType": "script",
            "fileS3Url": script,
            "script": "count_words.py",
            "arguments": [text, words, "1"],
        },
        "maze": {**common, "seed": 3, "width": 4, "height": 4},
        "mpi": {**common, "nodes": 2, "terms": 2, "intervals": 100, "reduce": {"waitSeconds": 60}},
        "recordings": {**common, "seed": 3, "seconds": 1, "recordings": 2, "recordingsS3Path": recorded},
    }
    return inputs[workflow]


def run(stack: Stack, workflow: str, missing: Statement | None, given: dict[str, Any]) -> tuple[str, str]:
    """Run a copy that lacks a statement, or all that are unseen; return its status and what it says."""
    every = statements(bundle(stack, workflow))
    lacking = [missing] if missing else [each for each in every if each.sid in UNSEEN]
    match missing:
        case Statement(sid="TellWhatIsMissing"):
            given["fileS3Url"] += ".none"
        case Statement(role=role) if role.endswith("-process-one-job"):
            given["recordings"] = 1
        case Statement(sid="UseBatch"):
            # Which children have failed is only asked when some have.
            lacking += [each for each in every if each.role.endswith("-process-job")]
    return Copy(stack, workflow, uuid4().hex[:6], lacking).run(given)


def test_no_statement_can_be_taken_away(enforcing: Stack, script: str) -> None:
    """What a run says without a statement names one of the statement's actions."""
    cases: list[tuple[str, Statement | None]] = [(workflow, None) for workflow in EXAMPLES]
    for workflow in EXAMPLES:
        found = statements(bundle(enforcing, workflow))
        cases += [(workflow, each) for each in found if each.sid not in UNSEEN]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        inputs = [smallest(enforcing, workflow, script) for workflow, _ in cases]
        ends = list(pool.map(run, repeat(enforcing), *zip(*cases, strict=True), inputs))
    wrong = [
        (case, said)
        for case, (status, said) in zip(cases, ends, strict=True)
        if not shown(case[1], status, said)
    ]
    assert not wrong


def shown(missing: Statement | None, status: str, said: str) -> bool:
    if missing is None:
        return status == "SUCCEEDED"
    return status == "FAILED" and any(action in said for action in missing.actions)
