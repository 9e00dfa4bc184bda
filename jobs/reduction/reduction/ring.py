"""The all-reduce: afterwards every node has the sum of all vectors, and the same bits of it.

Each of n nodes sends 2 (n - 1) / n of a vector, whatever n is: first every part travels once round the ring
and is added to on its way, so that each node has one part complete; then the complete parts travel round.
"""

from __future__ import annotations

from array import array

from reduction.wire import Line

# What is in flight has to fit into the buffers of the connections: all nodes send before they receive.
MOST_NUMBERS = 4096


def all_reduce(vector: array[float], index: int, count: int, right: Line | None, left: Line | None) -> None:
    """Add up the vectors of all nodes, in place.

    Args:
        vector: this node's, as long as that of every other; at most MOST_NUMBERS.
        index: this node's number.
        count: how many nodes there are.
        right: to the next node; None where there is only one.
        left: from the node before.

    Raises:
        TemporaryError: a neighbour is lost or late.
    """
    if right is None or left is None:
        return
    parts = [slice(len(vector) * i // count, len(vector) * (i + 1) // count) for i in range(count)]
    for step in range(count - 1):
        right.send_numbers(vector[parts[(index - step) % count]])
        part = parts[(index - step - 1) % count]
        mine = vector[part]
        theirs = left.receive_numbers(len(mine))
        vector[part] = array("d", (a + b for a, b in zip(mine, theirs, strict=True)))
    for step in range(count - 1):
        right.send_numbers(vector[parts[(index + 1 - step) % count]])
        part = parts[(index - step) % count]
        vector[part] = left.receive_numbers(len(vector[part]))
