"""The HTTP API: `GET /maze`, `GET /counters`, `POST /moves {"direction": "N"}`; JSON in, JSON out."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from batchyard_job.errors import TemporaryError
from maze_server.game import Game

HOST = "127.0.0.1"
# Whose server this is: on EC2 the containers of all jobs of a host share its loopback.
JOB_HEADER = "Batch-Job-Id"
_MOST_BODY_BYTES = 1024


class Server(ThreadingHTTPServer):
    """Serves one game to the other containers of the job.

    Args:
        port: where.
        game: the walk.
        job_id: whose requests are answered; those of other jobs are refused.

    Raises:
        TemporaryError: another job of this host has the port.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, game: Game, job_id: str) -> None:
        self.game, self.job_id = game, job_id
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise TemporaryError(f"can not listen on {HOST}:{port}: {error.strerror}") from error


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # Head and body are two writes; the second would wait for the first one's acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self._is_ours():
            if self.path == "/maze":
                self._answer(*self.server.game.look())
            elif self.path == "/counters":
                self._answer(200, self.server.game.counters())
            else:
                self._answer(404, {"error": f"no {self.path} here: /maze, /counters or /moves"})

    def do_POST(self) -> None:
        if not self._is_ours():
            return
        if self.path != "/moves":
            self._answer(404, {"error": f"no {self.path} here: /maze, /counters or /moves"})
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _MOST_BODY_BYTES:
            self.close_connection = True  # what follows on it is unread
            self._answer(400, {"error": f"a body of at most {_MOST_BODY_BYTES} bytes is needed"})
            return
        try:
            body = json.loads(self.rfile.read(int(length)))
        except ValueError:
            body = None
        self._answer(*self.server.game.move(body.get("direction") if isinstance(body, dict) else None))

    def _is_ours(self) -> bool:
        ours = self.headers.get(JOB_HEADER) == self.server.job_id
        self.server.game.count_request(refused=not ours)
        if not ours:
            self.close_connection = True
            self._answer(403, {"error": "this is the maze of another job"})
        return ours

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a line per step would drown the log; the counters tell."""
