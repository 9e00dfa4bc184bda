"""The graph of a state machine."""

from __future__ import annotations

import re
from typing import Any

from batchyard import asl
from batchyard.asl import expressions
from batchyard.graph.model import Graph, Node, shorten

START, END = "(start)", "(end)"
_SERVICES = {
    "batch": ("batch", "Batch job"),
    "lambda": ("lambda", "Lambda function"),
    "sns": ("message", "SNS message"),
    "sqs": ("message", "SQS message"),
    "events": ("message", "EventBridge event"),
    "states": ("nested", "Nested workflow"),
}
_WAITS = {"sync": " · waits", "waitForTaskToken": " · callback", "request": ""}
_OPERATORS = {
    "Equals": "=",
    "GreaterThanEquals": "≥",
    "GreaterThan": ">",
    "LessThanEquals": "≤",
    "LessThan": "<",
}
LABEL = 34
_PATH = re.compile(r"\$?\b(?:[A-Za-z_]\w*\.)+([A-Za-z_]\w*)")


def state_graph(definition: object, *, title: str = "State machine") -> Graph:
    """Return the graph of a parsed ASL document.

    Args:
        definition: any JSON value; what is no state machine gives an empty graph.
        title: for readers who can not see the picture.
    """
    machine = asl.read(definition)
    graph = _scope(machine.scopes[0], ends=True)
    graph.title = title
    comment = machine.body.get("Comment")
    order = ", ".join(state.name for state in machine.states)
    graph.description = f"{comment}. States: {order}" if isinstance(comment, str) else f"States: {order}"
    return graph


def _scope(scope: asl.Scope, *, ends: bool) -> Graph:
    graph = Graph()
    if ends:
        graph.nodes.append(Node(START, "Start", kind="terminal"))
        if scope.named(scope.start):
            graph.connect(START, str(scope.start))
    graph.nodes += [_node(state) for state in scope.states]
    for state in scope.states:
        for edge in state.edges:
            if scope.named(edge.target):
                kind = "catch" if edge.kind == "catch" else "next"
                graph.connect(state.name, str(edge.target), _edge_label(edge), kind)  # type: ignore[arg-type]
    finals = [state for state in scope.states if state.body.get("End") is True or state.type == "Succeed"]
    if ends and finals:
        graph.nodes.append(Node(END, "End", kind="terminal"))
        for state in finals:
            graph.connect(state.name, END)
    return graph


def _node(state: asl.State) -> Node:
    kind, detail = _looks(state)
    return Node(state.name, state.name, detail, kind, [_scope(child, ends=False) for child in state.children])


def _looks(state: asl.State) -> tuple[str, str]:
    call = state.call
    if call is not None:
        kind, text = _SERVICES.get(call.service, ("task", f"{call.service}:{call.action}"))
        return kind, shorten(text + _WAITS[call.pattern], LABEL)
    if state.type == "Wait":
        seconds = state.body.get("Seconds")
        return "wait", f"Wait {seconds} s" if isinstance(seconds, int) else "Wait"
    if state.type == "Map":
        return "map", "for each item, as child executions" if state.distributed else "for each item"
    if state.type == "Parallel":
        return "parallel", "in parallel"
    if state.type == "Fail":
        error = state.body.get("Error")
        return "fail", shorten(f"Fail: {error}", LABEL) if isinstance(
            error, str
        ) and "{%" not in error else "Fail"
    return state.type.lower() or "task", state.type or "?"


def _edge_label(edge: asl.Edge) -> str:
    if edge.kind == "choice":
        return shorten(_condition(edge.rule), LABEL)
    if edge.kind == "default":
        return "otherwise"
    if edge.kind == "catch":
        errors = [str(name) for name in asl.as_list(edge.rule.get("ErrorEquals")) if name != "States.ALL"]
        return shorten(", ".join(errors), LABEL)
    return ""


def _condition(rule: dict[str, Any]) -> str:
    """Return a Choice rule in a few words."""
    code = expressions.inner(rule.get("Condition"))
    if code is not None:
        short = _PATH.sub(r"\1", " ".join(code.split()))
        # What holds functions says nothing once it is cut off.
        return str(rule.get("Comment", "condition holds")) if "function(" in short else short
    for word, joint in (("And", " and "), ("Or", " or ")):
        if word in rule:
            return joint.join(_condition(asl.as_dict(part)) for part in asl.as_list(rule[word]))
    if "Not" in rule:
        return f"not {_condition(asl.as_dict(rule['Not']))}"
    variable = str(rule.get("Variable", "")).removeprefix("$.")
    for key, value in rule.items():
        if key not in ("Variable", "Next", "Comment", "Assign", "Output"):
            return f"{variable} {_operator(key)} {value}"
    return variable


def _operator(key: str) -> str:
    plain = key.removesuffix("Path")
    for word, sign in _OPERATORS.items():
        if plain.endswith(word):
            return sign
    return {"StringMatches": "~"}.get(plain, plain.replace("Is", "is ", 1).lower())
