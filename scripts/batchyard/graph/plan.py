"""A picture with places: boxes, the routes of edges, and how wide a text is."""

from __future__ import annotations

from dataclasses import dataclass, field

from batchyard.graph.model import Edge, Node

_WIDE, _NARROW = set("MWmw@%…ABCDEGHKNOPQRSUVXYZ_"), set("iIlj.,:;'|!()[] ft-")
Point = tuple[float, float]


@dataclass
class Box:
    """A node's place: the left upper corner and the size, and the plans within it."""

    node: Node
    x: float
    y: float
    width: float
    height: float
    lanes: list[Plan] = field(default_factory=list)


@dataclass
class Route:
    """An edge's way as points from source to target, and where its label's centre lies."""

    edge: Edge
    points: list[Point]
    label_at: Point | None = None


@dataclass
class Plan:
    """A placed graph; `x` and `y` are the origin within the surrounding box, all else is relative to it."""

    width: float
    height: float
    boxes: list[Box]
    routes: list[Route]
    x: float = 0.0
    y: float = 0.0


def text_width(text: str, size: float) -> float:
    """Return roughly how wide a text is in a sans-serif font of a size in pixels; on the wide side."""
    units = sum(0.78 if each in _WIDE else 0.4 if each in _NARROW else 0.62 for each in text)
    return units * size
