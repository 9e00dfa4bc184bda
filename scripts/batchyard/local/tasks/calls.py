"""One call of a service: request, answer or failure, as Step Functions shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from batchyard.asl.engine.tasks import TaskCall
from batchyard.asl.errors import PERMISSIONS, TASK_FAILED
from batchyard.local.batch.host import CredentialsError, Scope
from batchyard.local.tasks import casing, failures, shapes
from batchyard.local.tasks.catalog import Target
from batchyard.local.tasks.clients import Clients
from batchyard.local.tasks.failures import Refusal, TaskError
from batchyard.local.tasks.services import Services

Json = dict[str, Any]
# boto3 gives header names in lower case; these are how the services write them.
_HEADERS = {
    "connection": "Connection",
    "content-length": "Content-Length",
    "content-type": "Content-Type",
    "date": "Date",
    "server": "Server",
    "x-amz-executed-version": "X-Amz-Executed-Version",
    "x-amz-log-result": "X-Amz-Log-Result",
    "x-amzn-requestid": "x-amzn-RequestId",
    "x-amzn-trace-id": "X-Amzn-Trace-Id",
}
# What the emulator sends beside them.
_FOREIGN = ("access-control-", "x-amz-id-2", "x-amz-request-id")
_DENIED = "AccessDeniedException"
# A HEAD has no body to name the error in.
_HEAD_ERRORS = {("HeadObject", "404"): "NoSuchKey", ("HeadBucket", "404"): "NoSuchBucket"}
# A stream is read so far that the interpreter sees it is over its limit of 256 KiB
# (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
_MOST_BYTES = 256 * 1024 + 1


class Calls:
    """Calls services with the role of a task's state machine."""

    def __init__(self, services: Services, clients: Clients) -> None:
        self._iam, self._clients = services.iam, clients

    def task(self, call: TaskCall, target: Target) -> Json:
        """Do what a request-response task says and return its result.

        Raises:
            TaskError: the arguments do not fit, or the service refused.
        """
        params = prepare(call, target)
        answer = self.send(call, target, params)
        return finish(answer, target)

    def send(self, call: TaskCall, target: Target, params: Mapping[str, Any]) -> Json:
        """Send a request and return the service's answer, with boto3's ResponseMetadata.

        Raises:
            TaskError: the service refused, could not be reached, or the role can not be assumed.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        lacking = list(shapes.lacking(params, target.operation.input_shape))
        if lacking:
            raise target.failure(failures.missing(target.client, lacking))
        client = self._clients.get(target.client, self.scope(call).region, self.assume(call))
        try:
            answer: Json = client._make_api_call(target.name, dict(params))
            return {name: _read(value) for name, value in answer.items()}
        except ClientError as error:
            raise target.failure(_refusal(error.response, target)) from error
        except BotoCoreError as error:
            raise failures.unreachable(target.prefix, str(error)) from error

    def assume(self, call: TaskCall) -> Mapping[str, str]:
        """Return the credentials of the task's role.

        Raises:
            TaskError: it can not be assumed.
        """
        other = call.machine_role_arn if call.machine_role_arn != call.role_arn else ""
        try:
            return self._iam.credentials(self.scope(call), call.role_arn, other)
        except CredentialsError as error:
            raise TaskError(TASK_FAILED if other else PERMISSIONS, str(error)) from error

    def scope(self, call: TaskCall) -> Scope:
        """Return the account that the task acts in, which Credentials may have changed, and its region."""
        parts = call.execution_arn.split(":")
        return self._iam.acts_in(Scope(parts[4], parts[3]), call.role_arn)

    def authorize(self, call: TaskCall, target: Target, needs: Sequence[tuple[str, str]]) -> None:
        """Check permissions that no call of this environment would ask for.

        Args:
            needs: pairs of action and resource ARN.

        Raises:
            TaskError: the role lacks one.
        """
        for action, resource in needs:
            if reason := self.forbidden(call, action, resource):
                raise target.failure(Refusal(_DENIED, reason, _denied_status(target)))

    def forbidden(self, call: TaskCall, action: str, resource: str) -> str | None:
        """Return why the role may not do something, or None where it may."""
        return self._iam.refusal(self.scope(call), call.role_arn, action, resource)


def prepare(call: TaskCall, target: Target) -> Json:
    """Return the request for a task's arguments.

    Raises:
        TaskError: a member is unknown, of a wrong type or, where Step Functions asks for it, missing.
    """
    given = call.arguments if isinstance(call.arguments, Mapping) else {}
    shape = target.operation.input_shape
    faults: list[str] = []
    if target.fact and shape is not None:
        names = [target.style.member(name) for name in shape.required_members]
        faults += [f"The field '{name}' is required but was missing" for name in names if name not in given]
    params = shapes.request(given, shape, target.style, faults)
    if faults:
        raise failures.parameters(call.arguments, faults)
    return params


def finish(answer: Mapping[str, Any], target: Target) -> Json:
    """Return the task's result for a service's answer."""
    found = shapes.result(answer, target.operation.output_shape, target.style)
    if target.fact and target.fact.metadata:
        found |= metadata(answer.get("ResponseMetadata", {}))
    return dict(sorted(found.items()))


def metadata(told: Mapping[str, Any]) -> Json:
    """Return what optimized integrations tell of the HTTP answer.

    Args:
        told: boto3's ResponseMetadata.
    """
    sent = told.get("HTTPHeaders", {}).items()
    headers = {_HEADERS.get(name, name): value for name, value in sent if not name.startswith(_FOREIGN)}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": told.get("HTTPStatusCode", 200),
        },
        "SdkResponseMetadata": {"RequestId": told.get("RequestId", "")},
    }


def _read(value: Any) -> Any:  # noqa: ANN401 - any JSON, or a stream
    return value.read(_MOST_BYTES) if hasattr(value, "read") else value


def _exception(code: str, target: Target) -> str | None:
    """Return the SDK's exception for a code; one of few operations for what every operation may answer is not
    one for all."""
    shape = target.operation.service_model.shape_for_error_code(code)
    if shape is None or (code.startswith("AccessDenied") and shape not in target.operation.error_shapes):
        return None
    return casing.exception(shape.name)


def _denied_status(target: Target) -> int:
    """Return the status of a denial: 400 in the JSON protocol, where the emulator always says 403."""
    return 400 if target.operation.service_model.metadata["protocol"] == "json" else 403


def _refusal(response: Mapping[str, Any], target: Target) -> Refusal:
    error, told = response.get("Error", {}), response.get("ResponseMetadata", {})
    code = str(error.get("Code", "Unknown"))
    headless = (target.name, code) in _HEAD_ERRORS
    code = _HEAD_ERRORS.get((target.name, code), code)
    # Of services that once spoke the query protocol, the model has the newer code.
    modelled = str(error.get("QueryErrorCode", code))
    exception = _exception(modelled, target)
    if headless:
        exception = casing.exception(code)
    # With no body, boto3 gives the status line for a message.
    bare = headless or (target.name.startswith("Head") and code.isdecimal())
    message = None if bare else str(error.get("Message", ""))
    host_id = told.get("HostId", "") if target.client == "s3" else ""
    status = _denied_status(target) if code == _DENIED else int(told.get("HTTPStatusCode", 400))
    return Refusal(code, message, status, exception, str(told.get("RequestId", "")), host_id)
