"""Nodes that add up in a ring: the parts by themselves, and all of it as processes."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reduction.assembly import assembled
from reduction.integration import by_processes, share, sums, worst_error
from reduction.node import Node
from reduction.program import _checked
from reduction.ring import all_reduce
from reduction.wire import Line

from batchyard_job import meeting
from batchyard_job.attempt import Attempt
from batchyard_job.errors import BadInputError, TemporaryError, ToolError

from .conftest import ROOT, job_environment


def lines(count: int) -> list[tuple[Line, Line]]:
    """Return right and left of every node of a ring."""
    deadline = time.monotonic() + 5
    pairs = [_pair() for _ in range(count)]
    return [
        (Line(pairs[i][0], "right", deadline), Line(pairs[i - 1][1], "left", deadline)) for i in range(count)
    ]


def _pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = socket.create_connection(server.getsockname())
        other, _ = server.accept()
    return one, other


@settings(max_examples=25, deadline=None)
@given(count=st.integers(2, 6), length=st.integers(1, 40), seed=st.integers(0, 999))
def test_every_node_gets_the_sum_and_the_same_bits(count: int, length: int, seed: int) -> None:
    chance = random.Random(seed)
    vectors = [array("d", (chance.uniform(-1, 1) for _ in range(length))) for _ in range(count)]
    expected = [sum(column) for column in zip(*vectors, strict=True)]
    ring = lines(count)
    threads = [
        threading.Thread(target=all_reduce, args=(vectors[index], index, count, *ring[index]))
        for index in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    for pair in ring:
        for line in pair:
            line.close()
    assert {vector.tobytes() for vector in vectors} == {vectors[0].tobytes()}
    assert list(vectors[0]) == pytest.approx(expected, abs=1e-12)


def test_a_single_node_has_its_own_sum() -> None:
    vector = array("d", [1.0, 2.0])
    all_reduce(vector, 0, 1, None, None)
    assert list(vector) == [1.0, 2.0]


@given(intervals=st.integers(0, 1000), count=st.integers(1, 40))
def test_the_nodes_take_each_interval_once(intervals: int, count: int) -> None:
    shares = [share(intervals, index, count) for index in range(count)]
    assert [each for mine in shares for each in mine] == list(range(intervals))


def test_processes_write_their_sums_into_shared_memory() -> None:
    alone = sums(5, 300, range(100, 200))
    assert list(by_processes(5, 300, range(100, 200), 3)) == pytest.approx(alone, abs=1e-15)
    assert list(by_processes(2, 300, range(1), 3)) == pytest.approx(sums(2, 300, range(1)), abs=1e-15)


def test_the_integrals_are_as_near_as_the_method_says() -> None:
    for intervals in (1, 2, 10, 500):
        off, most = worst_error(array("d", sums(9, intervals, range(intervals))), intervals)
        assert off <= most
    missing = array("d", sums(9, 500, range(499)))  # one interval was left out
    with pytest.raises(ToolError, match=r"an integral is off by .*, and .* is the most that the method"):
        _checked(missing, 500)


def node_variables(index: int, count: int, **changed: str) -> dict[str, str]:
    given = {
        "AWS_BATCH_JOB_NUM_NODES": str(count),
        "AWS_BATCH_JOB_NODE_INDEX": str(index),
        "AWS_BATCH_JOB_MAIN_NODE_INDEX": "0",
        # A stand-in for AWS on this machine, which keeps the nodes to its loopback.
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    }
    main = {"AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS": "127.8.7.6"} if index else {}
    return {**given, **main, **changed}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"AWS_BATCH_JOB_NUM_NODES": ""}, "AWS_BATCH_JOB_NUM_NODES is missing"),
        ({"AWS_BATCH_JOB_NODE_INDEX": "3"}, "AWS_BATCH_JOB_NODE_INDEX is '3'"),
        ({"AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS": ""}, "_PRIVATE_IPV4_ADDRESS is missing"),
    ],
)
def test_a_job_without_nodes_is_told(changed: dict[str, str], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        Node.of(node_variables(1, 3, **changed))


def start(index: int, count: int, job: str, result: Path) -> subprocess.Popen[str]:
    flags = {"result_s3_path": f"file://{result}", "terms": "6", "intervals": "2000", "wait_seconds": "10"}
    words = [word for name, value in flags.items() for word in (f"--{name}", value)]
    variables = job_environment(AWS_BATCH_JOB_ID=f"{job}#{index}", **node_variables(index, count))
    command = [sys.executable, str(ROOT / "jobs/reduction/main.py"), *words]
    return subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    out, _ = process.communicate(timeout=20)
    return process.returncode, json.loads(out.splitlines()[-1])


def test_nodes_in_any_order_write_one_checked_result(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    nodes = [start(index, 3, f"job-{tmp_path}", result) for index in (2, 0, 1)]
    outcomes = [ended(node) for node in nodes]
    assert [(code, line["message"]) for code, line in outcomes] == [(0, "done"), (0, "reduced"), (0, "done")]
    found = json.loads(result.read_text())
    assert found["nodes"] == 3
    assert found["integrals"] == pytest.approx([1 / (k + 1) for k in range(6)], abs=found["errorBound"])


def test_missing_nodes_are_named_by_all_that_are_there(tmp_path: Path) -> None:
    port, told = meeting.port(Attempt(str(tmp_path), 1)), {}

    def take_part(node: Node) -> None:
        try:
            with assembled(node, "job", port, 0.3):
                told[node.index] = "nothing"
        except TemporaryError as error:
            told[node.index] = str(error)

    present = [Node(0, 4, 0, "", is_on_one_machine=True), Node(2, 4, 0, "127.8.7.6", is_on_one_machine=True)]
    threads = [threading.Thread(target=take_part, args=(node,)) for node in present]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert told[0].startswith(f"of 4 nodes, these have not called port {port} within 0.3 s: 1, 3; ")
    assert told[2].startswith("node 0 ")


def test_a_missing_main_node_is_named(tmp_path: Path) -> None:
    node, port = Node(1, 2, 0, "127.8.7.6"), meeting.port(Attempt(str(tmp_path), 1))
    with (
        pytest.raises(TemporaryError, match=rf"node 0 can not be reached at 127\.8\.7\.6:{port}: "),
        assembled(node, "job", port, 0.2),
    ):
        pass


def test_a_port_that_is_taken_is_worth_another_attempt(tmp_path: Path) -> None:
    node, port = Node(0, 2, 0, "", is_on_one_machine=True), meeting.port(Attempt(str(tmp_path), 1))
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(TemporaryError, match=f"can not listen on port {port}"),
        assembled(node, "job", port, 0.2),
    ):
        pass


def test_the_port_changes_with_job_and_attempt_and_is_one_for_all_nodes() -> None:
    first = meeting.port(Attempt("11111111-2222#0", 1))
    assert first == meeting.port(Attempt("11111111-2222#5", 1)) == meeting.port(Attempt("11111111-2222", 1))
    others = {meeting.port(Attempt(f"{job}-2222", attempt)) for job in range(50) for attempt in (1, 2)}
    assert len(others) > 90
    assert all(20_000 <= port < 30_000 for port in others)  # below what Linux hands out


def test_strangers_and_silent_callers_are_not_let_in(tmp_path: Path) -> None:
    job, port = f"strangers-{os.getpid()}", meeting.port(Attempt(str(tmp_path), 1))
    found: list[object] = []

    def main() -> None:
        with assembled(Node(0, 2, 0, "", is_on_one_machine=True), job, port, 5) as ring:
            found.append(sorted(ring.children))

    thread = threading.Thread(target=main)
    thread.start()
    deadline = time.monotonic() + 5
    for hello in ({"job": "another", "node": 1}, {"job": job, "node": 7}, {"job": job, "node": "1"}, None):
        line = Line(connected(port), "main", deadline)
        if hello:
            line.send(hello)
        line.close()
    child = Node(1, 2, 0, "127.8.7.6", is_on_one_machine=True)
    with assembled(child, job, port, 5) as ring:
        assert ring.main is not None
    thread.join(5)
    assert found == [[1]]


def connected(port: int) -> socket.socket:
    for _ in meeting.patiently(5):
        try:
            return socket.create_connection(("127.8.7.6", port))
        except ConnectionRefusedError:
            continue
    raise AssertionError("the main node does not listen")


def test_a_neighbour_that_is_lost_or_late_is_named() -> None:
    one, other = _pair()
    line = Line(one, "node 3", time.monotonic() + 0.05)
    with pytest.raises(TemporaryError, match="node 3 does not answer in time"):
        line.receive()
    other.close()
    with pytest.raises(TemporaryError, match="node 3 has ended before the sum was complete"):
        Line(one, "node 3", time.monotonic() + 5).receive()
    one.close()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"\0\0\0\3abc", "node 3 sends what is no message"),
        (b"\0\0\0\2[]", "node 3 sends what is no message"),
        (b"\xff\0\0\0", "node 3 announces 4278190080 bytes"),
    ],
)
def test_what_is_no_message_is_told(sent: bytes, words: str) -> None:
    one, other = _pair()
    other.sendall(sent)
    with pytest.raises(TemporaryError, match=words):
        Line(one, "node 3", time.monotonic() + 5).receive()
    one.close()
    other.close()


def test_too_few_numbers_are_told() -> None:
    one, other = _pair()
    Line(other, "node 1", time.monotonic() + 5).send_numbers(array("d", [1.0]))
    with pytest.raises(TemporaryError, match="node 3 sends 8 bytes in place of 2 numbers"):
        Line(one, "node 3", time.monotonic() + 5).receive_numbers(2)
    one.close()
    other.close()
