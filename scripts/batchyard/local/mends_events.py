"""Mend of EventBridge: the emulator takes a Batch job queue as a target, and then submits nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Response = tuple[int, dict[str, str], Any]
_Validate = Callable[[Mapping[str, Any]], Response | None]


def refuse_job_queues(original: _Validate) -> _Validate:
    """Return the test of a target with one more reason to refuse it: no job would ever start."""

    def validate(target: Mapping[str, Any]) -> Response | None:
        arn = str(target.get("Arn", ""))
        if arn.split(":")[2:3] != ["batch"]:
            return original(target)
        message = (
            f"Parameter {arn} is not valid. Reason: the local environment can not submit jobs from a rule, "
            "as AWS does; name a state machine or a function that submits the job."
        )
        body = json.dumps({"__type": "ValidationException", "message": message}).encode()
        return 400, {"Content-Type": "application/json"}, body

    return validate
