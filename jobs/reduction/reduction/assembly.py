"""How the nodes find each other: all call the main node, which tells each where its neighbour listens.

A child node is told the main node's address and nothing else, and all of them know the job's port.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from batchyard_job import meeting
from batchyard_job.errors import TemporaryError
from reduction.node import Node
from reduction.wire import Line

_HELLO_SECONDS = 10.0
_STRANGERS = 16  # callers beyond the nodes that may wait to be let in


@dataclass(frozen=True)
class Ring:
    """The connections of one node.

    Args:
        right: to the next node of the ring; None where there is only one.
        left: from the node before.
        children: of the main node: a connection to each other node, by its number.
        main: of another node: its connection to the main node.
    """

    right: Line | None
    left: Line | None
    children: dict[int, Line]
    main: Line | None


@contextmanager
def assembled(node: Node, job_id: str, port: int, seconds: float) -> Iterator[Ring]:
    """Give the ring of all nodes, and close it whatever happens.

    Args:
        node: this node.
        job_id: of the whole job; who says another one is not let in.
        port: where the main node listens.
        seconds: how long all of it may take: waiting for the others and adding up.

    Raises:
        TemporaryError: nodes are missing when time is up.
    """
    deadline = time.monotonic() + seconds
    lines: list[Line] = []
    with _listening(node, port) as listener:
        try:
            door = _Door(listener, job_id, deadline, lines)
            yield _as_main(door, node, port, seconds) if node.is_main else _as_child(door, node, port)
        finally:
            for line in lines:
                line.close()


@dataclass(frozen=True)
class _Door:
    listener: socket.socket
    job_id: str
    deadline: float
    lines: list[Line]

    def admit(self) -> tuple[Line, dict[str, object]] | None:
        """Return the next caller of this job, with its greeting; None when time is up."""
        while (left := self.deadline - time.monotonic()) > 0:
            self.listener.settimeout(left)
            with suppress(TimeoutError):
                connection, place = self.listener.accept()
                # Whoever calls and says nothing must not hold up the others.
                hello_by = min(self.deadline, time.monotonic() + _HELLO_SECONDS)
                with suppress(TemporaryError):
                    hello = Line(connection, f"the caller from {place[0]}", hello_by).receive()
                    if hello.get("job") == self.job_id:
                        line = Line(connection, f"node {hello.get('node')}", self.deadline)
                        self.lines.append(line)
                        return line, hello
                connection.close()
        return None

    def call(self, place: tuple[str, int], peer: int, hello: dict[str, object]) -> Line:
        """Call another node, again and again while it does not listen yet."""
        trouble: OSError | None = None
        for left in meeting.patiently(self.deadline - time.monotonic()):
            try:
                connection = socket.create_connection(place, timeout=left)
            except OSError as error:
                trouble = error
                continue
            line = Line(connection, f"node {peer}", self.deadline)
            self.lines.append(line)
            line.send({"job": self.job_id, **hello})
            return line
        where = f"{place[0]}:{place[1]}"
        raise TemporaryError(f"node {peer} can not be reached at {where}: {trouble or 'too late'}")


def _as_main(door: _Door, node: Node, port: int, seconds: float) -> Ring:
    children: dict[int, Line] = {}
    places: dict[int, list[object]] = {}
    while len(children) < node.count - 1:
        found = door.admit()
        if found is None:
            missing = sorted(set(range(node.count)) - {node.index} - children.keys())
            named = ", ".join(str(index) for index in missing)
            raise TemporaryError(
                f"of {node.count} nodes, these have not called port {port} within {seconds:g} s: {named}; "
                "they have not started, or the security group keeps nodes from each other"
            )
        line, hello = found
        index = hello.get("node")
        if isinstance(index, int) and index in range(node.count) and index not in (node.index, *children):
            children[index] = line
            places[index] = [hello.get("address"), hello.get("port")]
    for index, line in children.items():
        line.send({"right": places.get((index + 1) % node.count)})  # None stands for the main node
    if not children:
        return Ring(None, None, {}, None)
    address, neighbour = places[node.right]
    right = door.call((str(address), int(str(neighbour))), node.right, {"node": node.index})
    return Ring(right, _left(door, node), children, None)


def _as_child(door: _Door, node: Node, port: int) -> Ring:
    address, own_port = door.listener.getsockname()
    main = (node.main_address, port)
    line = door.call(main, node.main, {"node": node.index, "address": address, "port": own_port})
    place = line.receive().get("right")
    right = door.call((place[0], place[1]) if place else main, node.right, {"node": node.index})
    return Ring(right, _left(door, node), {}, line)


def _left(door: _Door, node: Node) -> Line:
    while found := door.admit():
        if found[1].get("node") == node.left:
            return found[0]
    raise TemporaryError(f"node {node.left} has not called its neighbour, node {node.index}")


def _address_towards(address: str, port: int) -> str:
    """Return this node's own address on the way to another; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((address, port))
        return str(probe.getsockname()[0])


@contextmanager
def _listening(node: Node, port: int) -> Iterator[socket.socket]:
    # The main node is not told its own address; its network interface is the task's alone (awsvpc).
    address, port = ("", port) if node.is_main else (_address_towards(node.main_address, port), 0)
    with socket.socket() as listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if node.is_on_one_machine:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
            listener.bind((address, port))
            listener.listen(node.count + _STRANGERS)
        except OSError as error:
            raise TemporaryError(f"can not listen on port {port}: {error.strerror}") from error
        yield listener
