"""Messages between nodes: a length, then JSON, or numbers as they lie in memory; each within a deadline."""

from __future__ import annotations

import json
import socket
import struct
import time
from array import array
from typing import Any

from batchyard_job.errors import TemporaryError

_LENGTH = struct.Struct("!I")
_MOST_BYTES = 1 << 20


class Line:
    """A connection to another node.

    Args:
        connection: the socket.
        peer: which node is at the other end, for messages.
        deadline: when it has to be done, on the monotonic clock.
    """

    def __init__(self, connection: socket.socket, peer: str, deadline: float) -> None:
        self._socket, self.peer, self._deadline = connection, peer, deadline
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, document: object) -> None:
        """Send a document."""
        self._send(json.dumps(document).encode())

    def receive(self) -> dict[str, Any]:
        """Receive a document.

        Raises:
            TemporaryError: the peer is gone, is late, or speaks another language.
        """
        try:
            document = json.loads(self._receive())
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise TemporaryError(f"{self.peer} sends what is no message")
        return document

    def send_numbers(self, numbers: array[float]) -> None:
        """Send numbers."""
        self._send(numbers.tobytes())

    def receive_numbers(self, count: int) -> array[float]:
        """Receive numbers.

        Args:
            count: how many there have to be.

        Raises:
            TemporaryError: as for `receive`.
        """
        data = self._receive()
        numbers = array("d")
        if len(data) != count * numbers.itemsize:
            raise TemporaryError(f"{self.peer} sends {len(data)} bytes in place of {count} numbers")
        numbers.frombytes(data)
        return numbers

    @property
    def local_address(self) -> str:
        """Return the address of this end."""
        return str(self._socket.getsockname()[0])

    def close(self) -> None:
        self._socket.close()

    def _send(self, data: bytes) -> None:
        try:
            self._socket.settimeout(_left(self._deadline))
            self._socket.sendall(_LENGTH.pack(len(data)) + data)
        except OSError as error:
            raise self._lost(error) from error

    def _receive(self) -> bytes:
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        if length > _MOST_BYTES:
            raise TemporaryError(f"{self.peer} announces {length} bytes, over {_MOST_BYTES}")
        return self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        pieces = b""
        while len(pieces) < count:
            try:
                self._socket.settimeout(_left(self._deadline))
                piece = self._socket.recv(count - len(pieces))
            except OSError as error:
                raise self._lost(error) from error
            if not piece:
                raise TemporaryError(f"{self.peer} has ended before the sum was complete")
            pieces += piece
        return pieces

    def _lost(self, error: OSError) -> TemporaryError:
        late = isinstance(error, TimeoutError)
        return TemporaryError(f"{self.peer} {'does not answer in time' if late else f'is lost: {error}'}")


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)
