"""What may look on while executions run: which way they take."""

from __future__ import annotations

from typing import Protocol

from batchyard.asl.model import Catcher, Choice, Rule, State


class Observer(Protocol):
    """Is told the ways that executions take; it changes nothing. Not told again when one is restored."""

    def chosen(self, state: Choice, rule: Rule | None) -> None:
        """A Choice has taken a rule, or its default."""
        ...

    def retried(self, state: State, retrier: int) -> None:
        """A state will be tried again; the retrier is told by its index."""
        ...

    def caught(self, state: State, catcher: Catcher) -> None:
        """A state's error was caught."""
        ...
