"""The maze server as the agent sees it."""

from __future__ import annotations

import http.client
import json
from typing import Any

from batchyard_job import meeting
from batchyard_job.errors import TemporaryError, ToolError

HOST = "127.0.0.1"
_REQUEST_SECONDS = 10.0


class Maze:
    """Asks the server of this job; one connection for all requests.

    Args:
        port: where it listens.
        job_id: whose maze it has to be.
        wait_seconds: how long the server may take to answer for the first time.

    Raises:
        TemporaryError: it does not, or the port is another job's.
    """

    def __init__(self, port: int, job_id: str, *, wait_seconds: float) -> None:
        self._headers = {"Batch-Job-Id": job_id, "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection(HOST, port, timeout=_REQUEST_SECONDS)
        self.first_look = self._patient_look(port, wait_seconds)

    def move(self, direction: str) -> dict[str, Any] | None:
        """Take a step.

        Args:
            direction: N, E, S or W.

        Returns:
            what the agent sees then; None before a wall.
        """
        body = json.dumps({"direction": direction}).encode()
        status, answer = self._ask("POST", "/moves", body)
        if status not in (200, 409):
            raise ToolError(f"the maze server refuses {direction}: {status} {answer.get('error')}")
        return answer if status == 200 else None

    def _patient_look(self, port: int, seconds: float) -> dict[str, Any]:
        trouble: OSError | http.client.HTTPException | None = None
        for _ in meeting.patiently(seconds):
            try:
                status, answer = self._request("GET", "/maze", None)
            except (OSError, http.client.HTTPException) as error:
                trouble = error
                self._connection.close()
                continue
            if status == 403:
                raise TemporaryError(f"port {port} of this host is taken: {answer.get('error')}")
            if status == 200:
                return answer
        raise TemporaryError(f"no maze server answers on {HOST}:{port} after {seconds:g} s: {trouble}")

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, dict[str, Any]]:
        try:
            return self._request(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            raise TemporaryError(f"the maze server does not answer any more: {error!r}") from error

    def _request(self, method: str, path: str, body: bytes | None) -> tuple[int, dict[str, Any]]:
        self._connection.request(method, path, body=body, headers=self._headers)
        response = self._connection.getresponse()
        content = response.read()
        try:
            answer = json.loads(content)
        except ValueError as error:
            raise http.client.HTTPException(f"no JSON: {content[:80]!r}") from error
        return response.status, answer if isinstance(answer, dict) else {}
