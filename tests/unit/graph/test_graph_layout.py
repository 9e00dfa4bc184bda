"""Places: whatever the graph, boxes and labels do not overlap and lines do not cross boxes."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchyard.graph import Edge, Graph, Node, order
from batchyard.graph.layout import place
from batchyard.graph.plan import Box, Plan, text_width

Area = tuple[float, float, float, float]
NAMES = st.integers(0, 7).map(str)
EDGES = st.lists(
    st.builds(Edge, NAMES, NAMES, st.sampled_from(["", "otherwise", "status = SUCCEEDED"])), max_size=16
)


def _graph(edges: list[Edge]) -> Graph:
    graph = Graph([Node(str(at), f"State number {at}" * (1 + at % 2), "Batch job") for at in range(8)])
    graph.nodes[3].inner = [
        Graph([Node("a", "A"), Node("b", "B")], [Edge("a", "b")]),
        Graph([Node("c", "C")]),
    ]
    for edge in edges:
        graph.connect(edge.source, edge.target, edge.label)
    return graph


def _area(box: Box) -> Area:
    return box.x, box.y, box.x + box.width, box.y + box.height


def _overlap(a: Area, b: Area) -> bool:
    return a[0] < b[2] - 0.5 and b[0] < a[2] - 0.5 and a[1] < b[3] - 0.5 and b[1] < a[3] - 0.5


def _labels(plan: Plan) -> list[Area]:
    found = []
    for route in plan.routes:
        if route.label_at:
            (x, y), half = route.label_at, text_width(route.edge.label, 11) / 2
            found.append((x - half, y - 6, x + half, y + 6))
    return found


@settings(max_examples=50, deadline=None)
@given(EDGES)
def test_nothing_overlaps(edges: list[Edge]) -> None:
    plan = place(_graph(edges))
    areas = [*map(_area, plan.boxes), *_labels(plan)]
    assert not [pair for pair in combinations(areas, 2) if _overlap(*pair)]
    assert all(
        area[0] >= -0.5 and area[2] <= plan.width + 0.5 and area[3] <= plan.height + 0.5 for area in areas
    )


@settings(max_examples=50, deadline=None)
@given(EDGES)
def test_lines_do_not_cross_boxes(edges: list[Edge]) -> None:
    plan = place(_graph(edges))
    for route in plan.routes:
        for (x0, y0), (x1, y1) in pairwise(route.points):
            across = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            if route.edge.source != route.edge.target:
                assert not [box.node.id for box in plan.boxes if _overlap(_area(box), across)], route


def test_a_graph_within_a_node_lies_within_its_box() -> None:
    box = place(_graph([])).boxes[3]
    for lane in box.lanes:
        assert lane.x >= 0
        assert lane.x + lane.width <= box.width
        assert lane.y + lane.height <= box.height
    assert box.lanes[0].x + box.lanes[0].width < box.lanes[1].x


def test_the_main_way_is_one_straight_line() -> None:
    graph = Graph([Node(name, name) for name in "ABCDF"])
    for source, target in pairwise("ABCD"):
        graph.connect(source, target)
        graph.connect(source, "F", kind="catch")
    centres = {box.node.id: box.x + box.width / 2 for box in place(graph).boxes}
    assert max(centres[name] for name in "ABCD") - min(centres[name] for name in "ABCD") <= 16
    assert centres["F"] > centres["D"]


@pytest.mark.parametrize(
    ("edges", "expected"),
    [([(0, 1), (1, 2)], set()), ([(0, 1), (1, 2), (2, 1)], {2}), ([(0, 0)], {0}), ([(1, 0), (0, 1)], {0})],
)
def test_edges_that_close_a_cycle_are_found(edges: list[tuple[int, int]], expected: set[int]) -> None:
    assert order.backward(3, edges) == expected


def test_crossings_are_taken_out_where_an_order_without_them_exists() -> None:
    down = {0: [3], 1: [2]}
    up = {3: [0], 2: [1]}
    layers = [[0, 1], [2, 3]]
    assert order.crossings(layers, down) == 1
    assert order.crossings(order.arrange(layers, up, down, {}), down) == 0
