"""SVG of a placed graph: one file without references, readable in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from batchyard.graph.layout import place
from batchyard.graph.model import Graph
from batchyard.graph.plan import Box, Plan, Point, Route
from batchyard.graph.style import css

MARGIN = 18.0
TIP = 7.0


def svg(graph: Graph) -> str:
    """Return a graph as an SVG document."""
    plan = place(graph)
    width, height = plan.width + 2 * MARGIN, plan.height + 2 * MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" '
        f'height="{_n(height)}" role="img" aria-labelledby="title desc">'
    )
    lines = [
        head,
        f'<title id="title">{escape(graph.title)}</title>',
        f'<desc id="desc">{escape(graph.description)}</desc>',
        f"<style>{css(_kinds(graph))}</style>",
        f'<rect class="bg" width="{_n(width)}" height="{_n(height)}"/>',
        *_plan(plan, MARGIN, MARGIN),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _kinds(graph: Graph) -> set[str]:
    return {node.kind for node in graph.nodes}.union(
        *(_kinds(inner) for node in graph.nodes for inner in node.inner)
    )


def _plan(plan: Plan, dx: float, dy: float) -> Iterator[str]:
    for box in plan.boxes:
        yield from _box(box, dx, dy)
    for route in plan.routes:
        yield from _route(route, dx, dy)


def _box(box: Box, dx: float, dy: float) -> Iterator[str]:
    x, y = box.x + dx, box.y + dy
    radius = {"terminal": box.height / 2, "choice": 16.0}.get(box.node.kind, 9.0)
    yield f'<g class="node {escape(box.node.kind)}"><title>{escape(_full(box))}</title>'
    yield (
        f'<rect class="frame" x="{_n(x)}" y="{_n(y)}" width="{_n(box.width)}" height="{_n(box.height)}" '
        f'rx="{_n(radius)}"/>'
    )
    middle = x + box.width / 2
    if box.node.detail:
        yield _text(middle, y + 20, box.node.label, "label")
        yield _text(middle, y + 36, box.node.detail, "detail")
    else:
        yield _text(middle, y + min(box.height, 46) / 2 + 4.5, box.node.label, "label")
    yield "</g>"
    for lane in box.lanes:
        if len(box.lanes) > 1:
            tallest = max(each.height for each in box.lanes)
            yield (
                f'<rect class="lane" x="{_n(x + lane.x - 6)}" y="{_n(y + lane.y - 6)}" '
                f'width="{_n(lane.width + 12)}" height="{_n(tallest + 12)}" rx="7"/>'
            )
        yield from _plan(lane, x + lane.x, y + lane.y)


def _full(box: Box) -> str:
    return ": ".join(part for part in (box.node.label, box.node.detail) if part)


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class={quoteattr(kind)} x="{_n(x)}" y="{_n(y)}" text-anchor="middle">{escape(text)}</text>'


def _route(route: Route, dx: float, dy: float) -> Iterator[str]:
    points = [(x + dx, y + dy) for x, y in route.points]
    sideways = points[-1][1] == points[-2][1]
    x, y = points[-1]
    points[-1] = (x + TIP, y) if sideways else (x, y - TIP)
    label = (route.label_at[0] + dx, route.label_at[1] + dy) if route.label_at else None
    yield f'<g class="{route.edge.kind}"><path class="edge" d="{_path(points, label)}"/>'
    half = TIP * 0.55
    tip = (
        [(x, y), (x + TIP, y - half), (x + TIP, y + half)]
        if sideways
        else [(x, y), (x - half, y - TIP), (x + half, y - TIP)]
    )
    yield f'<path class="tip" d="M{" L".join(f"{_n(a)} {_n(b)}" for a, b in tip)} Z"/>'
    if label:
        yield _text(label[0], label[1] + 4, route.edge.label, "edge-label")
    yield "</g>"


def _path(points: list[Point], label: Point | None) -> str:
    """Return path data: straight where two points share a coordinate, else curves with upright ends.

    The upright piece that the label stands in is left out.
    """
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        if label and x0 == x1 and min(y0, y1) < label[1] < max(y0, y1):
            parts.append(f"M{_n(x1)} {_n(y1)}")
        elif abs(x0 - x1) < 0.5 or abs(y0 - y1) < 0.5:
            parts.append(f"L{_n(x1)} {_n(y1)}")
        else:
            middle = (y0 + y1) / 2
            parts.append(f"C{_n(x0)} {_n(middle)} {_n(x1)} {_n(middle)} {_n(x1)} {_n(y1)}")
    return " ".join(parts)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
