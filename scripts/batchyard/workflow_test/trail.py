"""What an execution went through: states in order, and which rules, retriers and catchers it took."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from batchyard.asl.data.interface import Environment, Finish, StateData, Value
from batchyard.asl.engine import Engine, Execution, ExecutionSpec, NoJournal, Stimulus
from batchyard.asl.engine.program import Program
from batchyard.asl.engine.strand import Strand
from batchyard.asl.engine.tasks import Effect
from batchyard.asl.model import Catcher, Choice, Machine, Map, Rule, State
from batchyard.errors import BatchyardError
from batchyard.workflow_test.mock_runner import Place, Situation

_MOST_EVENTS = 100_000
Step = tuple[str, int | None]  # JSON pointer of a state, and the index of what was taken there


class Taken:
    """The rules, retriers and catchers that were taken; a Choice's default is `None`."""

    def __init__(self) -> None:
        self.rules: set[Step] = set()
        self.retriers: set[Step] = set()
        self.catchers: set[Step] = set()


class WatchedEngine(Engine):
    """An engine that notes what its executions take."""

    taken: Taken
    all: dict[str, Execution]

    def watch(self) -> None:
        """Begin to take notes."""
        self.taken, self.all = Taken(), {}

    def start(self, spec: ExecutionSpec) -> Execution:
        """Begin an execution; see Engine."""
        execution = super().start(spec)
        execution.program = _Watched(execution.program, self.taken)
        self.all[spec.arn] = execution
        return execution


class RetryNotes(NoJournal):
    """A journal that keeps nothing but the retriers that were used."""

    def __init__(self) -> None:
        self.taken: set[Step] = set()

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:  # noqa: ARG002
        """Look at the timers that a turn has set: each retry waits for one.

        Raises:
            BatchyardError: it goes round and round; only the history of a STANDARD execution has a limit.
        """
        if len(execution.history) > _MOST_EVENTS:
            last = next(each for each in reversed(execution.history) if each.type.endswith("StateEntered"))
            name = (last.details or {})["name"]
            raise BatchyardError(f"goes on for more than {_MOST_EVENTS} events; it is in state {name}")
        for _, number in execution.new_timers:
            timer = execution.timers.get(number)
            strand = timer[2] if timer else None
            if strand is not None and strand.attempts:
                self.taken.update((strand.state.path, index) for index in strand.attempts)


class _Watched(Program):
    def __init__(self, program: Program, taken: Taken) -> None:
        self.machine, self.scope = program.machine, program.scope
        self._program, self._taken = program, taken

    def data(self, state: State) -> StateData:
        found = self._program.data(state)
        return _Notes(found, state, self._taken) if state.catchers or isinstance(state, Choice) else found


class _Notes:
    """A state's data flow that notes which rule and which catcher is evaluated."""

    def __init__(self, data: StateData, state: State, taken: Taken) -> None:
        self._data, self._state, self._taken = data, state, taken

    def choose(self, raw: Value, env: Environment) -> Rule | None:
        rule = self._data.choose(raw, env)
        assert isinstance(self._state, Choice)  # noqa: S101 - no other state is asked
        if rule is not None or self._state.default is not None:
            index = None if rule is None else self._state.rules.index(rule)
            self._taken.rules.add((self._state.path, index))
        return rule

    def catch(self, catcher: Catcher, raw: Value, error: Value, env: Environment) -> Finish:
        self._taken.catchers.add((self._state.path, self._state.catchers.index(catcher)))
        return self._data.catch(catcher, raw, error, env)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the rest is the data flow's own
        return getattr(self._data, name)


def situation(engine: WatchedEngine, effect: Effect) -> Situation:
    """Return where an execution asked for an effect."""
    execution = engine.all[effect.execution_arn]
    strand = execution.pending[effect.id].strand
    return Situation((*base(engine, execution), *_within(strand)), strand.raw)


def base(engine: WatchedEngine, execution: Execution) -> Place:
    """Return the iterations that an execution runs in: those of a Distributed Map are executions."""
    child = execution.spec.child
    return (*base(engine, engine.all[child.parent_arn]), child.index) if child else ()


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


def _within(strand: Strand) -> Place:
    found: list[int] = []
    around = strand.around
    while around is not None:
        if isinstance(around.owner.state, Map):
            found.append(strand.index)
        strand, around = around.owner, around.owner.around
    return tuple(reversed(found))
