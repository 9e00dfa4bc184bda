"""Worst-case number of history events of an execution.

The 6 events of a `.sync` task and the 2 of a Map iteration were measured; the others are counted from the
event types of https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html;
the limit is of
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from batchyard import asl
from batchyard.lint.loops import Loop, loops

LIMIT = 25_000
PRUDENT = 20_000
EXECUTION = 2
ENTER_EXIT = 2
REQUEST = 5
WAITING = 6
CONTAINER = 4
ITERATION = 2
DISTRIBUTED = 6
DEFAULT_ATTEMPTS = 3


@dataclass
class Count:
    """Worst-case events of the paths through a scope, and the loops in it that nothing bounds."""

    events: int = 0
    unbounded: list[Loop] = field(default_factory=list)


class Counter:
    """Counts one document; nested scopes are counted once and remembered."""

    def __init__(self, machine: asl.Machine) -> None:
        timeout = machine.body.get("TimeoutSeconds")
        self._timeout = timeout if isinstance(timeout, int) and timeout > 0 else None
        self._scopes: dict[int, Count] = {}

    def scope(self, scope: asl.Scope) -> Count:
        """Return the worst case of a run through a scope: its costliest path, loops as often as possible."""
        if id(scope) not in self._scopes:
            self._scopes[id(scope)] = self._longest(scope)
        return self._scopes[id(scope)]

    def item(self, state: asl.State) -> int:
        """Return the events of one iteration of an inline Map."""
        return ITERATION + sum(self.scope(child).events for child in state.children)

    def state(self, state: asl.State) -> int:
        """Return the events of a state with all its retries."""
        once = self._once(state)
        return once + _retries(state) * max(once - ENTER_EXIT, 0)

    def _once(self, state: asl.State) -> int:
        if state.type == "Task":
            waits = state.call is not None and state.call.pattern != "request"
            return WAITING if waits else REQUEST
        if state.type == "Parallel":
            return CONTAINER + sum(self.scope(child).events for child in state.children)
        if state.type == "Map":
            return (
                DISTRIBUTED if state.distributed else CONTAINER + (known_items(state) or 1) * self.item(state)
            )
        return ENTER_EXIT

    def _group(self, group: Loop) -> int:
        """Return the events of a loop: all its rounds, and each state's retries once, not in every round."""
        once = sum(self._once(state) for state in group.states)
        retries = sum(self.state(state) for state in group.states) - once
        return once * (group.bound or 1) + retries

    def _longest(self, scope: asl.Scope) -> Count:
        groups = loops(scope, self._timeout)
        group_of = {state.name: index for index, group in enumerate(groups) for state in group.states}
        cost = [self._group(group) for group in groups]
        best = [0] * len(groups)
        # Tarjan's order: a group comes after all that it leads to.
        for index, group in enumerate(groups):
            targets = {group_of.get(str(edge.target)) for state in group.states for edge in state.edges}
            best[index] = cost[index] + max(
                (best[at] for at in targets if at is not None and at != index), default=0
            )
        start = group_of.get(str(scope.start))
        open_ended = [group for group in groups if group.cyclic and group.bound is None]
        return Count(best[start] if start is not None else 0, open_ended)


def known_items(state: asl.State) -> int | None:
    """Return how many items a Map has where the document itself lists them."""
    items = state.body.get("Items")
    return len(items) if isinstance(items, list) else None


def histories(machine: asl.Machine) -> Iterable[asl.Scope]:
    """Return the scopes with their own history: the machine and Distributed Map items, unless EXPRESS."""
    own = (scope for scope in machine.scopes if scope.owner is None or scope.owner.distributed)
    return [scope for scope in own if not scope.express]


def _retries(state: asl.State) -> int:
    attempts = (
        asl.as_dict(item).get("MaxAttempts", DEFAULT_ATTEMPTS)
        for item in asl.as_list(state.body.get("Retry"))
    )
    return sum(number for number in attempts if isinstance(number, int) and number > 0)
