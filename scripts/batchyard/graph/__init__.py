"""Pictures of state machines and environments, without any tool beside Python."""

from __future__ import annotations

from typing import Literal

from batchyard.graph.environment import environment_graph
from batchyard.graph.mermaid import mermaid
from batchyard.graph.model import Edge, Graph, Node
from batchyard.graph.states import state_graph
from batchyard.graph.svg import svg

Form = Literal["mermaid", "svg"]

__all__ = [
    "Edge",
    "Form",
    "Graph",
    "Node",
    "draw",
    "environment_graph",
    "mermaid",
    "render_graph",
    "state_graph",
    "svg",
]


def draw(graph: Graph, form: Form) -> str:
    """Return a graph as text of a form: `mermaid` or `svg`."""
    return mermaid(graph) if form == "mermaid" else svg(graph)


def render_graph(definition: object, form: Form, *, title: str = "State machine") -> str:
    """Return the picture of a state machine.

    Args:
        definition: the parsed ASL document.
        form: `mermaid` or `svg`.
        title: for readers who can not see it, such as the workflow's name.
    """
    return draw(state_graph(definition, title=title), form)
