"""Refusals of the API, as the service answers them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal that a caller sees as `{"__type": code, "message": message}`.

    Args:
        code: the name of the exception in the API's model, such as `StateMachineDoesNotExist`.
        message: in the service's wording.
        status: of HTTP.
        more: further members of the exception, such as `reason` of ValidationException.
    """

    def __init__(self, code: str, message: str, status: int = 400, **more: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.more = code, message, status, more

    def response(self) -> tuple[int, dict[str, Any]]:
        return self.status, {"__type": self.code, "message": self.message, **self.more}


def invalid(message: str, **more: str) -> ApiError:
    """Return the refusal of a request whose parts are well-formed and do not go together."""
    return ApiError("ValidationException", message, 400, **more)


def invalid_arn(message: str) -> ApiError:
    return ApiError("InvalidArn", f"Invalid Arn: '{message}'")


def no_machine(arn: str) -> ApiError:
    return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def no_resource(arn: str) -> ApiError:
    return ApiError("ResourceNotFound", f"Resource not found: '{arn}'", resourceName=arn)


def conflict(message: str) -> ApiError:
    """Return the refusal of a change that others' changes stand against.

    Its status is 409 (https://docs.aws.amazon.com/step-functions/latest/apireference/API_PublishStateMachineVersion.html).
    """
    return ApiError("ConflictException", message, 409)
