"""Loops in a scope, and what bounds them."""

from __future__ import annotations

from dataclasses import dataclass

from batchyard import asl
from batchyard.lint import pauses


@dataclass
class Loop:
    """A set of states that all lead to one another; one state without a way back to itself is not `cyclic`.

    `bound` is the most times it can go round, or None if nothing in the document says so.
    """

    states: list[asl.State]
    cyclic: bool
    bound: int | None


def loops(scope: asl.Scope, timeout: int | None) -> list[Loop]:
    """Return the strongly connected sets of a scope, each after all that it leads to (Tarjan 1972).

    Args:
        scope: whose states.
        timeout: seconds after which the execution ends in any case, or None.
    """
    names = {state.name: state for state in scope.states}
    found = []
    for group in _components({name: _targets(state, names) for name, state in names.items()}):
        states = [names[name] for name in group]
        cyclic = len(states) > 1 or states[0].name in _targets(states[0], names)
        found.append(Loop(states, cyclic, _bound(states, timeout) if cyclic else 1))
    return found


def _targets(state: asl.State, names: dict[str, asl.State]) -> list[str]:
    return [edge.target for edge in state.edges if isinstance(edge.target, str) and edge.target in names]


def _components(graph: dict[str, list[str]]) -> list[list[str]]:
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    done: list[list[str]] = []
    on_stack: set[str] = set()
    for root in graph:
        work = [(root, iter(graph[root]))] if root not in order else []
        while work:
            node, targets = work[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                stack.append(node)
                on_stack.add(node)
            for target in targets:
                if target not in order:
                    work.append((target, iter(graph[target])))
                    break
                if target in on_stack:
                    low[node] = min(low[node], order[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    done.append(_pop(stack, node, on_stack))
    return done


def _pop(stack: list[str], until: str, on_stack: set[str]) -> list[str]:
    group: list[str] = []
    while not group or group[-1] != until:
        group.append(stack.pop())
        on_stack.discard(group[-1])
    return group


def _bound(states: list[asl.State], timeout: int | None) -> int | None:
    """Return the most rounds of a loop.

    Time bounds it where every round waits, and the execution has a timeout or a Choice compares `$millis()`
    with a number; else a Choice does that compares a count with a number.
    """
    waits = {state.name: pause for state in states if (pause := pauses.of(state)) is not None}
    choices = [state for state in states if state.type == "Choice" and _breaks(states, {state.name})]
    seconds = [float(timeout)] if timeout else []
    seconds += [limit for state in choices for limit in pauses.time_limits(state)]
    bounds = [count + 1 for state in choices for count in pauses.counts(state)]
    if seconds and waits and _breaks(states, set(waits)):
        bounds.append(min(pauses.rounds(pause, min(seconds)) for pause in waits.values()))
    return min(bounds, default=None)


def _breaks(states: list[asl.State], without: set[str]) -> bool:
    """Say whether every way round goes through one of these states."""
    left = {state.name: state for state in states if state.name not in without}
    graph = {name: _targets(state, left) for name, state in left.items()}
    return all(len(group) == 1 and group[0] not in graph[group[0]] for group in _components(graph))
