"""How a task's failure is named and worded.

Error names: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html. Causes are the
messages of the two Java SDKs: optimized integrations go through version 1, `aws-sdk:` through version 2
(https://github.com/aws/aws-sdk-java-v2/blob/master/core/aws-core/src/main/java/software/amazon/awssdk/awscore/exception/AwsServiceException.java).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from batchyard.asl.data.text import dump
from batchyard.asl.engine.tasks import Failed, Phase
from batchyard.asl.errors import RUNTIME
from batchyard.local.tasks.facts import Fact

# Version 2 of the SDK counts its attempts; Step Functions leaves retries to the state's Retry.
_ATTEMPTS = " (SDK Attempt Count: 1)"


class TaskError(Exception):
    """A task has failed.

    Args:
        phase: how far it got; None for where the call itself decides.
    """

    def __init__(self, error: str, cause: str | None, phase: Phase | None = None) -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause, self.phase = error, cause, phase

    def outcome(self, phase: Phase) -> Failed:
        """Return it for the interpreter; `phase` is how far the call got."""
        return Failed(self.error, self.cause, self.phase or phase)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A service's error answer.

    Args:
        code: of the error.
        message: None where the service gave none.
        status: of HTTP.
        exception: the SDK's class for this code, if it has one.
        request_id: of the request.
        host_id: of S3.
    """

    code: str
    message: str | None
    status: int
    exception: str | None = None
    request_id: str = ""
    host_id: str = ""


def optimized(fact: Fact, refusal: Refusal) -> TaskError:
    """Return the failure of an optimized integration whose service refused."""
    cause = (
        f"{refusal.message} (Service: {fact.service}; Status Code: {refusal.status}; "
        f"Error Code: {refusal.code}; Request ID: {refusal.request_id or uuid4()}; Proxy: null)"
    )
    return TaskError(f"{fact.prefix}.{refusal.exception or fact.base}", cause)


def sdk(service: str, refusal: Refusal) -> TaskError:
    """Return the failure of an `aws-sdk:` integration whose service refused.

    Args:
        service: its name in errors, such as `DynamoDb`.
    """
    details = [
        f"Service: {service}",
        f"Status Code: {refusal.status}",
        f"Request ID: {refusal.request_id or uuid4()}",
    ]
    if refusal.host_id:
        details.append(f"Extended Request ID: {refusal.host_id}")
    message = "null" if refusal.message is None else refusal.message
    cause = f"{message} ({', '.join(details)}){_ATTEMPTS}"
    return TaskError(f"{service}.{refusal.exception or service + 'Exception'}", cause)


def unreachable(prefix: str, reason: str) -> TaskError:
    """Return the failure of a call that got no answer."""
    return TaskError(f"{prefix}.SdkClientException", f"Unable to execute HTTP request: {reason}")


def parameters(arguments: Any, faults: Sequence[str]) -> TaskError:  # noqa: ANN401 - any JSON
    """Return the failure of a task whose arguments do not fit its integration.

    Args:
        arguments: the task's.
        faults: what is wrong, a sentence each.
    """
    cause = f"The Parameters '{dump(arguments)}' could not be used to start the Task: [{', '.join(faults)}]"
    return TaskError(RUNTIME, cause, "schedule")


def absent(resource: str) -> TaskError:
    """Return the failure of a task that calls what there is not."""
    cause = (
        f"The resource provided {resource} is not recognized. The value is not a valid resource ARN, or the "
        "resource is not available in this region."
    )
    return TaskError(RUNTIME, cause, "schedule")


def local_gap(resource: str, reason: str) -> TaskError:
    """Return the failure of a task that Step Functions would run, and the local environment can not."""
    return TaskError(RUNTIME, f"The local environment can not run {resource}: {reason}", "schedule")


def missing(client: str, paths: Sequence[str]) -> Refusal:
    """Return a service's answer to a request that lacks what it needs.

    Args:
        client: boto3's name of the service.
        paths: of the members, as the API names them.
    """
    if client == "sqs":
        message = f"The request must contain the parameter {paths[0]}."
        return Refusal("MissingParameter", message, 400)
    each = "Value null at '{}' failed to satisfy constraint: Member must not be null"
    named = [path[:1].lower() + path[1:] for path in paths]
    count = f"{len(named)} validation error{'s' if len(named) > 1 else ''} detected"
    return Refusal("ValidationException", f"{count}: {'; '.join(map(each.format, named))}", 400)
