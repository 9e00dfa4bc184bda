"""A picture before it has places: nodes, edges, and graphs within nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

EdgeKind = Literal["next", "catch", "uses"]


@dataclass
class Node:
    """One box; `kind` picks its colours, `inner` are graphs drawn side by side within it."""

    id: str
    label: str
    detail: str = ""
    kind: str = "task"
    inner: list[Graph] = field(default_factory=list)


@dataclass
class Edge:
    """An arrow between two nodes of the same graph."""

    source: str
    target: str
    label: str = ""
    kind: EdgeKind = "next"


@dataclass
class Graph:
    """Nodes and the edges between them; title and description are for readers who can not see it."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    title: str = ""
    description: str = ""

    def connect(self, source: str, target: str, label: str = "", kind: EdgeKind = "next") -> None:
        """Add an edge; one more between the same nodes of the same kind only adds its label."""
        for edge in self.edges:
            if (edge.source, edge.target, edge.kind) == (source, target, kind):
                parts = [part for part in (edge.label, label) if part]
                edge.label = shorten(", ".join(dict.fromkeys(parts)), 40)
                return
        self.edges.append(Edge(source, target, label, kind))


def shorten(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters on one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
