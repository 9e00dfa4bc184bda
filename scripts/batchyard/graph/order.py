"""Layers of a directed graph: ranks, order within a layer with few crossings, and places along it.

The steps are those of Sugiyama, Tagawa and Toda (1981); places are found by isotonic regression per layer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

SWEEPS = 12
Links = dict[int, list[int]]


def backward(count: int, edges: Sequence[tuple[int, int]]) -> set[int]:
    """Return the indices of the edges that close a cycle, found depth first from the first node on."""
    out: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for index, (source, target) in enumerate(edges):
        out[source].append((index, target))
    state = [0] * count
    back: set[int] = set()
    for root in range(count):
        work = [(root, iter(out[root]))] if not state[root] else []
        state[root] = state[root] or 1
        while work:
            node, targets = work[-1]
            for index, target in targets:
                if state[target] == 1:
                    back.add(index)
                elif state[target] == 0:
                    state[target] = 1
                    work.append((target, iter(out[target])))
                    break
            else:
                state[node] = 2
                work.pop()
    return back


def ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return each node's layer: the longest way to it. The edges must have no cycle."""
    rank = [0] * count
    for _ in range(count):
        changed = False
        for source, target in edges:
            if rank[target] <= rank[source]:
                rank[target] = rank[source] + 1
                changed = True
        if not changed:
            break
    return rank


def arrange(layers: list[list[int]], up: Links, down: Links, lean: Mapping[int, float]) -> list[list[int]]:
    """Return the layers reordered by barycentres, the arrangement with the fewest crossings of all sweeps.

    Args:
        layers: items in their first order.
        up: what each item is linked to in the layer above.
        down: what each item is linked to in the layer below.
        lean: by how much of a place an item leans to the right of what it is linked to.
    """
    best, fewest = [list(layer) for layer in layers], crossings(layers, down)
    current = [list(layer) for layer in layers]
    for sweep in range(SWEEPS):
        links, order = (
            (up, range(1, len(layers))) if sweep % 2 == 0 else (down, range(len(layers) - 2, -1, -1))
        )
        for index in order:
            neighbour = current[index - 1 if sweep % 2 == 0 else index + 1]
            place = {item: at for at, item in enumerate(neighbour)}
            own = {item: at for at, item in enumerate(current[index])}
            means = {item: _mean([place[n] for n in links.get(item, [])], own[item]) for item in own}
            current[index].sort(key=lambda item: (means[item] + lean.get(item, 0.0), own[item]))
        found = crossings(current, down)
        if found < fewest:
            best, fewest = [list(layer) for layer in current], found
    return best


def crossings(layers: Sequence[Sequence[int]], down: Links) -> int:
    """Count the pairs of links between neighbouring layers that cross."""
    total = 0
    for upper, lower in pairwise(layers):
        place = {item: at for at, item in enumerate(lower)}
        ends = [place[n] for item in upper for n in sorted(down.get(item, []), key=lambda n: place[n])]
        total += sum(a > b for at, a in enumerate(ends) for b in ends[at + 1 :])
    return total


@dataclass(frozen=True)
class Row:
    """What `spread` needs to know of the items.

    Args:
        widths: of every item, in pixels.
        weights: how much each insists on its place (long edges more, so that they run straight).
        up: what each is linked to in the layer above.
        down: what each is linked to in the layer below.
        shifts: for (item, linked item), how far from the other's centre the first wants to be, in pixels.
        pulls: for (item, linked item) in either order, how strong the link is; 1 if not said.
        gap: pixels between neighbours.
    """

    widths: Sequence[float]
    weights: Sequence[float]
    up: Links
    down: Links
    shifts: Mapping[tuple[int, int], float]
    pulls: Mapping[tuple[int, int], float]
    gap: float


def spread(layers: Sequence[Sequence[int]], row: Row) -> list[float]:
    """Return the centre of each item along its layer: near what it is linked to, and never overlapping."""
    x = [0.0] * len(row.widths)
    for layer in layers:
        _settle(layer, x, [0.0] * len(layer), row)
    for sweep in range(SWEEPS * 2 + 1):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wished = []
            for item in layer:
                above, below = row.up.get(item, []), row.down.get(item, [])
                near = (above if sweep % 2 == 0 else below) or [*above, *below]
                wished.append(_wish(item, near, x, row))
            _settle(layer, x, wished, row)
    return x


def _wish(item: int, near: Sequence[int], x: Sequence[float], row: Row) -> float:
    """Return where an item's links pull it to."""
    pulls = [row.pulls.get((item, n), row.pulls.get((n, item), 1.0)) for n in near]
    places = [x[n] + row.shifts.get((item, n), 0.0) for n in near]
    return sum(p * q for p, q in zip(pulls, places, strict=True)) / sum(pulls) if near else x[item]


def straighten(
    layers: Sequence[Sequence[int]], chains: Sequence[Sequence[int]], x: list[float], row: Row
) -> None:
    """Move the items of each chain to one line, as far as their neighbours leave room."""
    near: dict[int, tuple[int | None, int | None]] = {}
    for layer in layers:
        for at, item in enumerate(layer):
            near[item] = (layer[at - 1] if at else None, layer[at + 1] if at + 1 < len(layer) else None)

    def room(item: int) -> tuple[float, float]:
        left, right = near[item]
        low = x[left] + (row.widths[left] + row.widths[item]) / 2 + row.gap if left is not None else -inf
        high = x[right] - (row.widths[right] + row.widths[item]) / 2 - row.gap if right is not None else inf
        return low, high

    for chain in chains:
        rooms = [room(item) for item in chain]
        low, high = max((low for low, _ in rooms), default=0.0), min((high for _, high in rooms), default=0.0)
        middle = sorted(x[item] for item in chain)[len(chain) // 2] if chain else 0.0
        for item, (least, most) in zip(chain, rooms, strict=True):
            goal = min(max(middle, low), high) if low <= high else middle
            x[item] = min(max(goal, least), most) if least <= most else x[item]


def _settle(layer: Sequence[int], x: list[float], wished: Sequence[float], row: Row) -> None:
    """Move a layer's items as near to their wishes as order and gaps allow (pool adjacent violators)."""
    offsets, total = [], 0.0
    for at, item in enumerate(layer):
        total += (row.widths[layer[at - 1]] + row.widths[item]) / 2 + row.gap if at else 0.0
        offsets.append(total)
    pools: list[tuple[float, float, int]] = []
    for item, wish, offset in zip(layer, wished, offsets, strict=True):
        value, weight, size = wish - offset, row.weights[item], 1
        while pools and pools[-1][0] > value:
            other, other_weight, other_size = pools.pop()
            value = (value * weight + other * other_weight) / (weight + other_weight)
            weight, size = weight + other_weight, size + other_size
        pools.append((value, weight, size))
    values = [value for value, _, size in pools for _ in range(size)]
    for item, value, offset in zip(layer, values, offsets, strict=True):
        x[item] = value + offset


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
