"""Errors of the API, as the service answers them."""

from __future__ import annotations

import uuid
from typing import Any


class ApiError(Exception):
    """A refusal that a caller sees as `{"__type": code, "message": message}`."""

    def __init__(self, message: str, *, code: str = "ClientException", status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status

    def response(self) -> tuple[int, dict[str, Any]]:
        return self.status, {"__type": self.code, "message": self.message}


def refused(message: str) -> ApiError:
    """Return a refusal in the frame that the service puts round its own checks."""
    return ApiError(f"Error executing request, Exception : {message}, RequestId: {uuid.uuid4()}")
