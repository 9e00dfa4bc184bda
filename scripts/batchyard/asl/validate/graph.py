"""Transitions: targets that do not exist, states out of reach, machines without an end, names used twice.

Measured (order, wording, that targets of every kind are called 'Next', and that a machine without a
terminal state has no unreachable ones): the answers of ValidateStateMachineDefinition quoted in
https://github.com/floci-io/floci/pull/2786 and
https://github.com/aws-cloudformation/cfn-lint/issues/4074
"""

from __future__ import annotations

from collections.abc import Iterator

from batchyard.asl.states import MAX_DEPTH, TERMINAL_TYPES, Parallel, Scope, State
from batchyard.asl.validate.diagnostics import Report
from batchyard.asl.walk import as_list, pointer

MISSING_TARGET = "MISSING_TRANSITION_TARGET"


def check(report: Report) -> None:
    """Check the transitions of every scope."""
    names: dict[str, str] = {}
    for scope in report.machine.scopes:
        for state in scope.states:
            if names.setdefault(state.name, state.path) != state.path:
                message = f"Duplicate State name: {state.name}"
                report.error("duplicate", message, state.path, code="DUPLICATE_STATE_NAME")
        _targets(report, scope)
    _too_deep(report)


def _targets(report: Report, scope: Scope) -> None:
    if isinstance(scope.start, str) and scope.states and not scope.named(scope.start):
        _missing(report, scope.start, pointer(scope.path, "StartAt"))
    for state in scope.states:
        for edge in state.edges:
            if isinstance(edge.target, str) and not scope.named(edge.target):
                _missing(report, edge.target, edge.path)
    if not isinstance(scope.start, str) or not scope.states:
        return
    if scope.kind == "machine" and not any(_terminal(state) for state in scope.states):
        report.nowhere("terminal", "MISSING_END_STATE", "Workflow has no terminal state")
        return
    for state in unreachable(scope):
        message = f'State "{state.name}" is not reachable.'
        report.error("unreachable", message, state.path, code=MISSING_TARGET)


def unreachable(scope: Scope) -> Iterator[State]:
    """Yield the states that no way from the start leads to."""
    reached: set[object] = set()
    waiting: list[object] = [scope.start]
    while waiting:
        state = scope.named(waiting.pop())
        if state is not None and state.name not in reached:
            reached.add(state.name)
            waiting.extend(edge.target for edge in state.edges)
    yield from (state for state in scope.states if state.name not in reached)


def _missing(report: Report, target: str, path: str) -> None:
    report.error("target", f"Missing 'Next' target: {target}", path, code=MISSING_TARGET)


def _terminal(state: State) -> bool:
    return state.type in TERMINAL_TYPES or state.body.get("End") is True


def _too_deep(report: Report) -> None:
    for state in report.machine.states:
        inside = as_list(state.body.get("Branches")) if isinstance(state, Parallel) else []
        inside = inside or [
            state.body.get(key) for key in ("ItemProcessor", "Iterator") if state.type == "Map"
        ]
        if state.scope.depth >= MAX_DEPTH and any(inside):
            report.error("depth", "States are too deeply nested", state.path, code="TOO_DEEPLY_NESTED")
