"""Smoke tests: after an apply, is all of it ready, and does a small run of each workflow give what it should?

The same tests run on the local environment and on AWS.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from batchyard.aws import client, split_s3
from batchyard.environments import Environment
from batchyard.paths import project_root
from batchyard.runs import bundles, executions
from batchyard.runs.causes import one_line
from batchyard.runs.health import checks
from batchyard.runs.report import RunReport, report
from batchyard.runs.smoke_result import SmokeResult, WorkflowResult
from batchyard.runs.start import request, start
from batchyard.runs.uploads import upload_folder

Note = Callable[[str], None]


def _silent(_text: str) -> None:
    """Say nothing."""


def smoke(
    environment: Environment,
    *,
    workflows: Sequence[str] = (),
    note: Note = _silent,
) -> SmokeResult:
    """Check what is deployed, then run each workflow on its smoke data.

    The runs are started together and waited for one after the other.

    Args:
        environment: where.
        workflows: deployed names; all that have a smoke test when empty.
        note: called with a line of progress: one per check, and for each run's start and end.

    Raises:
        BatchyardError: a workflow is unknown or not rendered.
    """
    loaded = [bundles.load(environment, name) for name in workflows or sorted(environment.workflows)]
    found = []
    for check in checks(environment, loaded):
        note(f"ok: {check.kind} {check.name}" if check.ok else f"not ready: {check.fault()}")
        found.append(check)
    if not all(check.ok for check in found):
        return SmokeResult(found, [])  # runs on what is not ready would only wait for their timeout
    tested = [bundle for bundle in loaded if bundle.get("smoke")]
    started = [(bundle, _start(environment, bundle, note), time.monotonic()) for bundle in tested]
    return SmokeResult(found, [_finish(environment, *item, note) for item in started])


def steps(environment: Environment, workflows: Sequence[str] = ()) -> list[str]:
    """Return what the runs of `smoke` would do, a line each; nothing is called."""
    lines = []
    for name in workflows or sorted(environment.workflows):
        test = bundles.load(environment, name).get("smoke")
        if test:
            lines += [f"upload {test['data']} to {test['data_s3']}"] if test.get("data") else []
            lines.append(f"start {name} with {json.dumps(test['input'], sort_keys=True)}")
            lines += [f"expect {item['s3']} of {item.get('min_bytes', 0)} bytes" for item in test["expect"]]
    return lines


def _start(environment: Environment, bundle: dict[str, Any], note: Note) -> str:
    test, workflow = bundle["smoke"], bundle["workflow"]
    s3 = client(environment, "s3")
    for expected in test["expect"]:  # what an earlier run left must not pass for this run's
        bucket, key = split_s3(expected["s3"])
        s3.delete_object(Bucket=bucket, Key=key)
    if test.get("data"):
        upload_folder(s3, project_root() / test["data"], test["data_s3"])
    arn = start(
        environment, request(environment, workflow, test["input"], source=f"smoke input of {workflow}")
    )
    note(f"{workflow}: started {arn.rsplit(':', 1)[1]}")
    return arn


def _finish(
    environment: Environment, bundle: dict[str, Any], arn: str, began: float, note: Note
) -> WorkflowResult:
    test, workflow = bundle["smoke"], bundle["workflow"]
    left = max(test["timeout_seconds"] - (time.monotonic() - began), 0)
    run = report(environment, executions.wait(environment, arn, timeout_seconds=left))
    problems = _problems(run, test["timeout_seconds"])
    if run.status == "RUNNING":
        client(environment, "stepfunctions").stop_execution(executionArn=arn, cause="smoke test timed out")
    if not problems:
        problems = _missing_objects(client(environment, "s3"), test["expect"])
    note(f"{workflow}: {run.status} after {run.seconds:.1f} s")
    look = f"batchyard run logs {run.name} --env {environment.environment}" if problems else ""
    return WorkflowResult(workflow, arn, run.status, run.seconds, problems, look)


def _problems(run: RunReport, timeout_seconds: float) -> list[str]:
    if run.succeeded:
        return []
    if run.status == "RUNNING":
        waiting = ", ".join(
            f"{step.state} is {step.status}" for step in run.steps if step.status != "SUCCEEDED"
        )
        return [f"still RUNNING after {timeout_seconds:.0f} s ({waiting or 'no step has begun'})"]
    failed = []
    for step in (step for step in run.steps if step.status == "FAILED"):
        failed.append(f"{step.state}: {step.reason}")
        failed += [f"{step.state}: log: {one_line(step.last_error)}"] if step.last_error else []
    return [f"ended {run.status}: {run.why() or 'no cause given'}", *failed]


def _missing_objects(s3: Any, expected: Sequence[dict[str, Any]]) -> list[str]:  # noqa: ANN401
    from botocore.exceptions import ClientError

    problems = []
    for item in expected:
        bucket, key = split_s3(item["s3"])
        try:
            size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            problems.append(f"{item['s3']} is missing")
        else:
            least = item.get("min_bytes", 0)
            if size < least:
                problems.append(f"{item['s3']} has {size} bytes, fewer than {least}")
    return problems
