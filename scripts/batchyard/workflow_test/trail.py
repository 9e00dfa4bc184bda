"""What an execution went through: states in order, and which rules, retriers and catchers it took."""

from __future__ import annotations

from collections.abc import Iterable

from batchyard.asl.engine import Execution, NoJournal, Stimulus
from batchyard.asl.engine.tasks import Effect
from batchyard.asl.model import Catcher, Choice, Machine, Map, Rule, State
from batchyard.errors import BatchyardError
from batchyard.workflow_test.mock_runner import Place, Situation

_MOST_EVENTS = 100_000
Step = tuple[str, int | None]  # JSON pointer of a state, and the index of what was taken there


class Taken:
    """Notes which rules, retriers and catchers are taken; a Choice's default is `None`."""

    def __init__(self) -> None:
        self.rules: set[Step] = set()
        self.retriers: set[Step] = set()
        self.catchers: set[Step] = set()

    def chosen(self, state: Choice, rule: Rule | None) -> None:
        """Note a rule; see Observer."""
        self.rules.add((state.path, None if rule is None else state.rules.index(rule)))

    def retried(self, state: State, retrier: int) -> None:
        """Note a retrier; see Observer."""
        self.retriers.add((state.path, retrier))

    def caught(self, state: State, catcher: Catcher) -> None:
        """Note a catcher; see Observer."""
        self.catchers.add((state.path, state.catchers.index(catcher)))


class Everything(NoJournal):
    """A journal that keeps the executions themselves: the one that is tested, and its children, by ARN."""

    def __init__(self) -> None:
        self.executions: dict[str, Execution] = {}

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:  # noqa: ARG002
        """Take a turn; see Journal.

        Raises:
            BatchyardError: it goes round and round; only the history of a STANDARD execution has a limit.
        """
        self.executions[execution.spec.arn] = execution
        if len(execution.history) > _MOST_EVENTS:
            last = next(each for each in reversed(execution.history) if each.type.endswith("StateEntered"))
            name = (last.details or {})["name"]
            raise BatchyardError(f"goes on for more than {_MOST_EVENTS} events; it is in state {name}")

    def situation(self, effect: Effect) -> Situation:
        """Return where an execution asked for an effect."""
        execution = self.executions[effect.execution_arn]
        strand = execution.pending[effect.id].strand
        return Situation((*self.base(execution), *strand.place), strand.raw)

    def base(self, execution: Execution) -> Place:
        """Return the iterations that an execution runs in: those of a Distributed Map are executions."""
        child = execution.spec.child
        return (*self.base(self.executions[child.parent_arn]), child.index) if child else ()


def entered(execution: Execution, outer: Place, depths: dict[str, int]) -> Iterable[tuple[str, Place]]:
    """Yield the states that an execution entered, in order, each with the iteration that it is in.

    Args:
        outer: the iterations that the execution itself runs in.
        depths: how many Maps are around each state.
    """
    places: list[Place] = [outer]
    for event in execution.history:
        place = places[event.previous]
        details = event.details or {}
        if event.type == "MapIterationStarted":
            place = (*place[: depths[details["name"]]], details["index"])
        elif event.type.endswith("StateEntered"):
            place = place[: depths[details["name"]]]
            yield details["name"], place
        places.append(place)


def depths(machine: Machine) -> dict[str, int]:
    """Return how many Maps are around each state, by name; names are unique in a machine."""
    found: dict[str, int] = {}
    for state in machine.states:
        owner = state.scope.owner
        found[state.name] = 0 if owner is None else found[owner.name] + isinstance(owner, Map)
    return found
