"""Step Functions' integration with AWS Batch: `batch:submitJob` and `batch:submitJob.sync`."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from batchyard.local import batch_api, branches, identity, ministack
from batchyard.local.batch import BatchEngine, integration
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.host import Scope
from batchyard.local.batch.model import SUCCEEDED

RESOURCE = "arn:aws:states:::batch:submitJob"
_STATES = "services.stepfunctions"
_RULE = "StepFunctionsGetEventsForBatchJobsRule"
_log = logging.getLogger("batchyard.local.states")
_REQUIRED = ("JobDefinition", "JobName", "JobQueue")
_SDK_SERVICE = {"protocol": "rest-json", "service_key": "batch"}


def install(engine: BatchEngine) -> SubmitJob:
    """Make the integration known to MiniStack's interpreter, `aws-sdk:batch:*` too."""
    task = SubmitJob(engine)
    ministack.get(_STATES, "_SERVICE_DISPATCH")[RESOURCE] = task
    ministack.get(_STATES, "_AWS_SDK_SERVICE_MAP")["batch"] = _SDK_SERVICE
    ministack.get(_STATES, "_AWS_SDK_ERROR_PREFIX")["batch"] = "Batch"
    ministack.get(_STATES, "_REST_JSON_ACTION_PATHS")["batch"] = {
        action: path for path, action in batch_api.ACTIONS.items()
    }

    def with_timeout(original: Callable[..., Any]) -> Callable[..., Any]:
        def invoke(resource: str, input_data: Any, timeout: float) -> Any:  # noqa: ANN401 - JSON
            if resource.startswith(RESOURCE):
                return task(resource, input_data, timeout)
            return original(resource, input_data, timeout)

        return invoke

    ministack.wrap(_STATES, "_invoke_resource_with_timeout", with_timeout)
    return task


class SubmitJob:
    """The task: submits, and with `.sync` waits for the job's end.

    A wait that is cut short (execution stopped or timed out, a sister branch failed, the task's own timeout)
    terminates the job, as the service does
    (https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync).

    Args:
        engine: where jobs are submitted.
    """

    def __init__(self, engine: BatchEngine) -> None:
        self._engine = engine
        self._closed = False

    def close(self) -> None:
        """Submit nothing more: the server ends, and executions that still run are ended at its next start."""
        self._closed = True

    def __call__(self, resource: str, input_data: Any, timeout: float | None = None) -> dict[str, Any]:  # noqa: ANN401
        if self._closed:
            raise branches.Stopped
        scope = ministack.scope()
        around = branches.current.get()
        request = request_of(input_data)
        waits = resource.endswith(".sync")
        needs = batch_api.submit_resources(scope, request) + (sync_resources(scope) if waits else [])
        self._authorize(scope, role_of(around), needs)
        answer = self._submit(scope, request)
        record(around, "TaskSubmitted", resource, {"output": json.dumps(answer)})
        if not waits:
            return answer
        return self._wait(scope, around, str(answer["JobId"]), timeout)

    def terminate(self, scope: Scope, job_id: str, reason: str) -> None:
        """Terminate a job that nobody waits for any more; one that has ended is left as it is."""
        self._engine.handle(scope, "POST", "/v1/terminatejob", {"jobId": job_id, "reason": reason})

    def _submit(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        status, answer = self._engine.handle(scope, "POST", "/v1/submitjob", request)
        if status != 200:
            code = str(answer.get("__type", "BatchException"))
            raise failed(
                f"Batch.{code}",
                f"{answer.get('message', '')} (Service: AWSBatch; Status Code: {status}; Error Code: {code}; "
                f"Request ID: {uuid4()}; Proxy: null)",
            )
        metadata = {
            "SdkHttpMetadata": {"HttpStatusCode": 200},
            "SdkResponseMetadata": {"RequestId": str(uuid4())},
        }
        return {**integration.submitted(answer), **metadata}

    def _wait(
        self, scope: Scope, around: branches.Branches | None, job_id: str, timeout: float | None
    ) -> dict[str, Any]:
        wake = around.new_wait() if around else threading.Event()
        ends: list[dict[str, Any]] = []

        def ended(detail: dict[str, Any]) -> None:
            ends.append(detail)
            wake.set()

        self._engine.wait(scope, job_id, ended)
        woken = wake.wait(timeout)
        if ends:
            if ends[0]["status"] != SUCCEEDED:
                raise failed(*integration.failure(ends[0]))
            return integration.sync_result(ends[0])
        self._give_up(scope, role_of(around), job_id)
        if not woken:
            raise failed("States.Timeout", f"Task timed out after {timeout} seconds")
        raise branches.Stopped

    def _authorize(self, scope: Scope, role: str, needs: Iterable[tuple[str, str]]) -> None:
        for action, resource in needs if role else ():
            if reason := identity.refusal(scope, role, action, resource):
                raise failed("Batch.AWSBatchException", f"{reason} (Service: AWSBatch; Status Code: 403)")

    def _give_up(self, scope: Scope, role: str, job_id: str) -> None:
        """Terminate the job, if the role may: without that permission it runs on, on AWS too."""
        arn = f"arn:aws:batch:{scope.region}:{scope.account}:job/{job_id}"
        reason = identity.refusal(scope, role, "batch:TerminateJob", arn) if role else None
        if reason:
            _log.warning("job %s runs on: %s", job_id, reason)
        else:
            self.terminate(scope, job_id, "Step Functions stopped waiting for the job")


def sync_resources(scope: Scope) -> list[tuple[str, str]]:
    """Return what `.sync` needs beside the submit: the rule that tells of the job's end
    (https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html#connect-batch-iam).
    """
    rule = f"arn:aws:events:{scope.region}:{scope.account}:rule/{_RULE}"
    return [(f"events:{action}", rule) for action in ("PutTargets", "PutRule", "DescribeRule")]


def request_of(input_data: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the SubmitJob request of a state's parameters, refused the way the service refuses them."""
    given = input_data if isinstance(input_data, dict) else {}
    faults = [f"The field {name!r} is required but was missing" for name in _REQUIRED if name not in given]
    for field in ("Parameters", "Tags"):
        entries = given.get(field) or {}
        faults += [
            f"The value for the field {key!r} must be a STRING"
            for key, v in entries.items()
            if type(v) is not str
        ]
    if faults:
        text = json.dumps(given)
        raise failed(
            "States.Runtime", f"The Parameters '{text}' could not be used to start the Task: [{faults[0]}]"
        )
    try:
        return integration.submit_payload(given)
    except ApiError as error:
        raise failed("States.Runtime", error.message) from error


def failed(error: str, cause: str) -> Exception:
    """Return the error that makes a state fail, for Retry and Catch to see."""
    exception: Exception = ministack.get(_STATES, "_ExecutionError")(error, cause)
    return exception


def record(around: branches.Branches | None, event: str, resource: str, details: Mapping[str, Any]) -> None:
    """Add an event of this task to its execution's history."""
    execution = ministack.get(_STATES, "_executions").get(around.execution_arn) if around else None
    if execution:
        key = f"{event[0].lower()}{event[1:]}EventDetails"
        ministack.get(_STATES, "_add_event")(execution, event, {key: {"resource": resource, **details}})


def role_of(around: branches.Branches | None) -> str:
    """Return the role of the running execution's state machine; empty outside of one."""
    execution = ministack.get(_STATES, "_executions").get(around.execution_arn) if around else None
    machine = (
        ministack.get(_STATES, "_state_machines").get(execution["stateMachineArn"]) if execution else None
    )
    return str(machine["roleArn"]) if machine else ""
