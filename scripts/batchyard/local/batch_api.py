"""The Batch API over HTTP: requests that MiniStack routes to `batch` go to the engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from batchyard.local import ministack
from batchyard.local.batch import BatchEngine
from batchyard.local.batch.host import Scope

Response = tuple[int, dict[str, str], bytes]
_MOST_BYTES = 1024 * 1024
# What each path is called in policies
# (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html).
ACTIONS = {
    "/v1/submitjob": "SubmitJob",
    "/v1/terminatejob": "TerminateJob",
    "/v1/canceljob": "CancelJob",
    "/v1/terminatejobs": "TerminateJobs",
    "/v1/canceljobs": "CancelJobs",
    "/v1/describejobs": "DescribeJobs",
    "/v1/listjobs": "ListJobs",
    "/v1/describejobqueues": "DescribeJobQueues",
    "/v1/describejobdefinitions": "DescribeJobDefinitions",
    "/v1/describecomputeenvironments": "DescribeComputeEnvironments",
    "/v1/describeschedulingpolicies": "DescribeSchedulingPolicies",
    "/v1/listschedulingpolicies": "ListSchedulingPolicies",
    "/v1/getjobqueuesnapshot": "GetJobQueueSnapshot",
    "/v1/registerjobdefinition": "RegisterJobDefinition",
    "/v1/deregisterjobdefinition": "DeregisterJobDefinition",
    "/v1/createcomputeenvironment": "CreateComputeEnvironment",
    "/v1/updatecomputeenvironment": "UpdateComputeEnvironment",
    "/v1/deletecomputeenvironment": "DeleteComputeEnvironment",
    "/v1/createjobqueue": "CreateJobQueue",
    "/v1/updatejobqueue": "UpdateJobQueue",
    "/v1/deletejobqueue": "DeleteJobQueue",
    "/v1/createschedulingpolicy": "CreateSchedulingPolicy",
    "/v1/updateschedulingpolicy": "UpdateSchedulingPolicy",
    "/v1/deleteschedulingpolicy": "DeleteSchedulingPolicy",
}
_TAGGING = {"GET": "ListTagsForResource", "POST": "TagResource", "DELETE": "UntagResource"}


def install(engine: BatchEngine) -> None:
    """Put the engine in the place of MiniStack's Batch stub."""

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, list[str]]
    ) -> Response:
        if len(body) > _MOST_BYTES:
            message = f"the request body is over {_MOST_BYTES} bytes"
            return _json(413, {"__type": "RequestEntityTooLargeException", "message": message})
        try:
            payload = _payload(body, query)
        except ValueError:
            return _json(400, {"__type": "SerializationException", "message": "the request body is not JSON"})
        scope = ministack.scope()
        if refused := _refused(scope, method, path, headers, query, payload):
            return refused
        status, answer = await asyncio.to_thread(engine.handle, scope, method, path, payload)
        return _json(status, answer)

    ministack.handlers()["batch"] = handle
    # Permissions are checked here, on the resources of the request, and not in the emulator's front: it knows
    # only `*` for Batch, which would refuse a role that is held to its queue and job definition.
    ministack.wrap("core.iam_actions", "extract_iam_action", _leave_batch_to_us)


def needed(scope: Scope, method: str, path: str, payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the actions and resource ARNs that a request needs permission for."""
    if path.startswith("/v1/tags/"):
        return [(f"batch:{_TAGGING.get(method, 'TagResource')}", unquote(path.removeprefix("/v1/tags/")))]
    operation = path.rstrip("/").lower()
    action = ACTIONS.get(operation, operation.rpartition("/")[2])
    if action == "SubmitJob":
        return submit_resources(scope, payload)
    if action in ("TerminateJob", "CancelJob"):
        return [(f"batch:{action}", _arn(scope, "job", str(payload.get("jobId", ""))))]
    if action in ("TerminateJobs", "CancelJobs"):
        # There are no actions of these names: each job needs the permission for one.
        jobs = payload.get("jobs")
        named = [str(each) for each in jobs] if isinstance(jobs, list) else []
        return [(f"batch:{action[:-1]}", _arn(scope, "job", each)) for each in named or ["*"]]
    return [(f"batch:{action}", "*")]


def submit_resources(scope: Scope, payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a SubmitJob needs: the queue, the job definition, and tagging where it tags."""
    found = [
        ("batch:SubmitJob", _arn(scope, "job-queue", str(payload.get("jobQueue", "")))),
        ("batch:SubmitJob", _arn(scope, "job-definition", str(payload.get("jobDefinition", "")))),
    ]
    if payload.get("tags"):
        found.append(("batch:TagResource", _arn(scope, "job", "*")))
    return found


def _arn(scope: Scope, kind: str, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:batch:{scope.region}:{scope.account}:{kind}/{name}"


def _refused(
    scope: Scope,
    method: str,
    path: str,
    headers: Mapping[str, str],
    query: Mapping[str, list[str]],
    payload: Mapping[str, Any],
) -> Response | None:
    if not ministack.enforcing():
        return None
    key = ministack.get("core.router", "extract_access_key_id")(headers, query) or ""
    enforce = ministack.get("core.iam_evaluator", "enforce")
    for action, resource in needed(scope, method, path, payload):
        denied = enforce(key, action, "batch", scope.region, resource_arn=resource)
        if denied:
            return _denial(action, resource, denied)
    return None


def _denial(action: str, resource: str, denied: Any) -> Response:  # noqa: ANN401 - two types of MiniStack's
    if isinstance(denied, ministack.get("core.iam_evaluator", "AuthError")):
        return _json(403, {"__type": denied.code, "message": denied.message})
    message = f"User: {denied.principal_arn} is not authorized to perform: {action} on resource: {resource}"
    return _json(403, {"__type": "AccessDeniedException", "message": message})


def _leave_batch_to_us(original: Any) -> Any:  # noqa: ANN401 - a function of MiniStack's
    def extract(service: str, *arguments: Any) -> Any:  # noqa: ANN401
        return None if service == "batch" else original(service, *arguments)

    return extract


def _payload(body: bytes, query: Mapping[str, list[str]]) -> dict[str, Any]:
    found = json.loads(body) if body else {}
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return {**found, "tagKeys": list(query["tagKeys"])} if "tagKeys" in query else found


def _json(status: int, answer: Mapping[str, Any]) -> Response:
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": str(uuid4())}
    if status >= 400:
        headers["x-amzn-ErrorType"] = str(answer.get("__type", "ClientException"))
    return status, headers, json.dumps(answer).encode()
