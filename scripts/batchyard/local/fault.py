"""Faults on purpose: what may happen to a job on AWS at any time, at the time a test or a person wants it."""

from __future__ import annotations

import json
from typing import Any

from batchyard.local.batch import BatchEngine
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.host import Scope
from batchyard.local.settings import ACCOUNT, REGION

_MOST_BYTES = 4_096


def inject(engine: BatchEngine, body: bytes) -> tuple[int, dict[str, Any]]:
    """Inject the fault that a request asks for.

    Args:
        engine: where the job runs.
        body: JSON such as `{"kind": "spot", "job": "<job id>"}`: the job's Spot instance is taken back.
            `account` and `region` may be named too.

    Returns:
        HTTP status and answer.
    """
    if len(body) > _MOST_BYTES:
        return 413, {"message": f"the body must be at most {_MOST_BYTES} bytes"}
    try:
        wanted = json.loads(body)
    except ValueError:
        return 400, {"message": "the body is not JSON"}
    if not isinstance(wanted, dict) or wanted.get("kind") != "spot" or not isinstance(wanted.get("job"), str):
        return 400, {"message": 'the body must be {"kind": "spot", "job": "<job id>"}'}
    scope = Scope(str(wanted.get("account", ACCOUNT)), str(wanted.get("region", REGION)))
    try:
        engine.reclaim(scope, wanted["job"])
    except ApiError as error:
        return 404, {"message": error.message}
    return 200, {"kind": "spot", "job": wanted["job"]}
