"""`batch:submitJob` and `batch:submitJob.sync`, on the Batch engine of this process.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from batchyard.asl.engine.tasks import Failed, Succeeded, TaskCall
from batchyard.iam import rules
from batchyard.local import batch_api
from batchyard.local.batch import integration
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.model import SUCCEEDED
from batchyard.local.tasks import failures
from batchyard.local.tasks.calls import Calls
from batchyard.local.tasks.catalog import target
from batchyard.local.tasks.failures import Refusal
from batchyard.local.tasks.handler import Handler, Tell
from batchyard.local.tasks.services import Batch

_log = logging.getLogger("batchyard.local.tasks")
_REQUIRED = ("JobDefinition", "JobName", "JobQueue")
_REASON = "Step Functions stopped waiting for the job"
# Set by `.sync` alone: the service's rule knows the jobs by it, in detail.container.environment
# (https://docs.aws.amazon.com/step-functions/latest/dg/batch-iam.html), and causes of failed tasks show it.
MANAGED = {"name": "MANAGED_BY_AWS", "value": "STARTED_BY_STEP_FUNCTIONS"}


class Jobs(Handler):
    """Submits jobs, under the effect's id as token: a second submission of it gets the same job."""

    def __init__(self, own_calls: Calls, batch: Batch) -> None:
        super().__init__(own_calls)
        self._batch = batch

    def begin(self, call: TaskCall, again: bool) -> Any:  # noqa: ANN401, ARG002 - the token makes it once
        payload = request(call.arguments)
        self._calls.assume(call)
        scope = self._calls.scope(call)
        needs = batch_api.submit_resources(scope, payload)
        if call.call.pattern == "sync":
            payload = managed(payload)
            needs += rules.needs("batch", scope.region, scope.account)
        self._calls.authorize(call, target(call.call), needs)
        status, answer = self._batch.submit(scope, payload, call.id)
        if status != 200:
            raise target(call.call).failure(_refusal(status, answer))
        metadata = {
            "SdkHttpMetadata": {"HttpStatusCode": 200},
            "SdkResponseMetadata": {"RequestId": str(uuid4())},
        }
        return {**integration.submitted(answer), **metadata}

    def follow(self, call: TaskCall, submitted: Any, tell: Tell) -> None:  # noqa: ANN401
        def ended(detail: dict[str, Any]) -> None:
            if detail["status"] == SUCCEEDED:
                tell(Succeeded(integration.sync_result(detail)))
            else:
                tell(Failed(*integration.failure(detail)))

        # It looks how the job stands, whatever events tell it:
        # https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
        self._calls.authorize(call, target(call.call), [("batch:DescribeJobs", "*")])
        try:
            self._batch.wait(self._calls.scope(call), str(submitted["JobId"]), ended)
        except ApiError as error:
            refusal = Refusal(error.code, error.message, error.status, error.code)
            raise target(call.call).failure(refusal) from error

    def give_up(self, call: TaskCall, submitted: Any) -> None:  # noqa: ANN401
        """Terminate the job, if the role may: without that permission it runs on, on AWS too."""
        scope, job = self._calls.scope(call), str(submitted["JobId"])
        arn = f"arn:aws:batch:{scope.region}:{scope.account}:job/{job}"
        if reason := self._calls.forbidden(call, "batch:TerminateJob", arn):
            _log.warning("job %s runs on: %s", job, reason)
            return
        self._batch.handle(scope, "POST", "/v1/terminatejob", {"jobId": job, "reason": _REASON})


def managed(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a SubmitJob request with the variable that `.sync` puts into its container overrides.

    Batch refuses those for jobs of other shapes, so that they can not be waited for in this way.
    """
    overrides = payload.get("containerOverrides") or {}
    own = [each for each in overrides.get("environment") or () if each.get("name") != MANAGED["name"]]
    return {**payload, "containerOverrides": {**overrides, "environment": [*own, MANAGED]}}


def request(arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the SubmitJob request of a task's arguments.

    Raises:
        TaskError: they do not fit.
    """
    given = arguments if isinstance(arguments, Mapping) else {}
    faults = [f"The field '{name}' is required but was missing" for name in _REQUIRED if name not in given]
    for field in ("Parameters", "Tags"):
        entries = given.get(field)
        if entries is not None and not isinstance(entries, dict):
            faults.append(f"The value for the field '{field}' must be an OBJECT")
            continue
        faults += [
            f"The value for the field '{key}' must be a STRING"
            for key, v in (entries or {}).items()
            if type(v) is not str
        ]
    if faults:
        raise failures.parameters(arguments, faults)
    try:
        return integration.submit_payload(given)
    except ApiError as error:
        raise failures.parameters(arguments, [error.message]) from error


def _refusal(status: int, answer: Mapping[str, Any]) -> Refusal:
    code = str(answer.get("__type", "BatchException"))
    return Refusal(code, str(answer.get("message", "")), status, code)
