"""Mermaid text of a graph, as GitHub and many wikis draw it."""

from __future__ import annotations

from collections.abc import Iterator

from batchyard.graph.model import Graph, Node

_SHAPES = {"choice": ("{{", "}}"), "terminal": ("([", "])"), "wait": ("(", ")"), "bucket": ("[(", ")]")}
_ARROWS = {"next": "-->", "catch": "-.->", "uses": "-->"}
_COLOURS = {
    "batch": "fill:#fff1e0,stroke:#c2570c,color:#1f2328",
    "fail": "fill:#ffe9e9,stroke:#c93a3a,color:#1f2328",
    "succeed": "fill:#e6f6e9,stroke:#2f8f46,color:#1f2328",
}


def mermaid(graph: Graph) -> str:
    """Return a Mermaid flowchart of a graph."""
    lines = ["flowchart TD", *(f"  {line}" for line in _Writer().graph(graph, ""))]
    return "\n".join(lines) + "\n"


class _Writer:
    """Numbers the nodes, because ids may hold any character."""

    def __init__(self) -> None:
        self.count = 0

    def graph(self, graph: Graph, indent: str) -> Iterator[str]:
        ids = {}
        for node in graph.nodes:
            self.count += 1
            ids[node.id] = f"n{self.count}"
            yield from self._node(node, ids[node.id], indent)
        for edge in graph.edges:
            label = f"|{_text(edge.label)}|" if edge.label else ""
            yield f"{indent}{ids[edge.source]} {_ARROWS[edge.kind]}{label} {ids[edge.target]}"

    def _node(self, node: Node, name: str, indent: str) -> Iterator[str]:
        label = _text("<br>".join(part for part in (node.label, node.detail) if part))
        if node.inner:
            yield f"{indent}subgraph {name} [{label}]"
            for number, inner in enumerate(node.inner):
                lane = f"{name}b{number}"
                yield f'{indent}  subgraph {lane} [" "]'
                yield from self.graph(inner, indent + "    ")
                yield f"{indent}  end"
            yield f"{indent}end"
            return
        opening, closing = _SHAPES.get(node.kind, ("[", "]"))
        yield f"{indent}{name}{opening}{label}{closing}"
        if node.kind in _COLOURS:
            yield f"{indent}style {name} {_COLOURS[node.kind]}"


def _text(text: str) -> str:
    safe = text.replace("&", "#amp;").replace('"', "#quot;").replace("<br>", "\n").replace("<", "#lt;")
    return '"' + safe.replace(">", "#gt;").replace("\n", "<br>") + '"'
