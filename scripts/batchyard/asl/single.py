"""One state alone, as the TestState API runs it.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html; which members an answer has
at which level follows recorded answers of the service.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from batchyard.asl import data
from batchyard.asl.data.interface import Environment, Finish, StateData
from batchyard.asl.data.text import dump
from batchyard.asl.engine.context import timestamp
from batchyard.asl.engine.failing import backoff, matches
from batchyard.asl.engine.tasks import Failed, Succeeded, TaskCall
from batchyard.asl.errors import NO_CHOICE, RUNTIME, TOLERATED_FAILURES, StatesError
from batchyard.asl.model import Choice, State
from batchyard.asl.single_context import own_context
from batchyard.asl.single_inspect import Inspection
from batchyard.asl.single_mock import model_problem, shape_problem
from batchyard.asl.single_request import Asked, Refused, asked
from batchyard.asl.walk import Json

__all__ = ["Place", "Refused", "Test", "prepare", "test"]

_TOO_MANY = "The specified tolerated failure threshold was exceeded"


@dataclass(frozen=True)
class Place:
    """Where and when a state is tested.

    Args:
        now: seconds since the epoch.
        seed: decides all that is random.
    """

    account: str
    region: str
    now: float
    seed: int = 0


@dataclass
class Test:
    """A state under test.

    Args:
        call: what has to be done before `answer`; None if nothing has to.
    """

    asked: Asked
    place: Place
    env: Environment
    inspection: Inspection
    call: TaskCall | None = None
    _early: StatesError | None = field(default=None)

    def answer(self, outcome: Succeeded | Failed | None = None) -> Json:
        """Return the answer of TestState.

        Args:
            outcome: of `call`, if there is one.
        """
        state = self.asked.state
        try:
            if self._early is not None:
                raise self._early
            following, finish = self._run(state, data.compile(state), outcome)
        except StatesError as error:
            return self._failed(state, error)
        return self._answer("SUCCEEDED", finish=finish, following=following)

    def _run(
        self, state: State, flow: StateData, outcome: Succeeded | Failed | None
    ) -> tuple[str | None, Finish]:
        raw, env = self.asked.input, self.env
        if isinstance(state, Choice):
            rule = flow.choose(raw, env)
            following = rule.next if rule else state.default
            if following is None:
                raise StatesError(NO_CHOICE, f"Failed to find a matching Choice rule in {state.name}")
            return following, flow.chosen(rule, raw, env)
        if state.type == "Fail":
            raise StatesError(*flow.failure(raw, env))
        if state.type == "Wait":
            flow.pause(raw, env)
        result = self._result(state, flow, outcome)
        self.inspection.result(state, result, env)
        return state.next, flow.finish(raw, result, env)

    def _result(self, state: State, flow: StateData, outcome: Succeeded | Failed | None) -> Any:  # noqa: ANN401
        asked = self.asked
        if asked.failure is not None:
            raise StatesError(asked.failure.get("error"), asked.failure.get("cause"))
        if isinstance(outcome, Failed):
            raise StatesError(outcome.error, outcome.cause)
        if isinstance(outcome, Succeeded):
            return outcome.output
        if asked.given:
            if state.type == "Map":
                self._tolerate()
            return asked.given[0]
        if state.type == "Pass" and "Result" in state.body and not state.jsonata:
            return state.body["Result"]
        if state.type == "Pass":
            return flow.arguments(asked.input, self.env)
        return flow.effective(asked.input, self.env)

    def _tolerate(self) -> None:
        """Fail a Map of which more iterations failed than it tolerates."""
        seen, failed = self.inspection.data, self.asked.counts["mapIterationFailureCount"]
        total = max(self.inspection.item_count, 1)
        most, share = seen.get("toleratedFailureCount"), seen.get("toleratedFailurePercentage")
        over = (most is not None and failed > most) or (share is not None and failed * 100 / total > share)
        if over:
            raise StatesError(TOLERATED_FAILURES, _TOO_MANY)

    def _failed(self, state: State, error: StatesError) -> Json:
        details: Json = {}
        retrier = _first(((n, each.errors) for n, each in enumerate(state.retriers)), error)
        if retrier is not None:
            details["retryIndex"] = retrier
            used = self.asked.counts["retrierRetryCount"]
            if used < state.retriers[retrier].attempts:
                details["retryBackoffIntervalSeconds"] = int(backoff(state.retriers[retrier], used))
                return self._answer("RETRIABLE", error=error, details=details)
        catcher = _first(((n, each.errors) for n, each in enumerate(state.catchers)), error)
        if catcher is None:
            return self._answer("FAILED", error=error, details=details)
        details["catchIndex"] = catcher
        shown = {"Error": error.error or "", "Cause": error.cause or ""}
        caught = state.catchers[catcher]
        try:
            finish = data.compile(state).catch(caught, self.asked.input, shown, self.env)
        except StatesError as worse:
            return self._answer("FAILED", error=worse, details=details)
        return self._answer("CAUGHT_ERROR", error, finish, caught.next, details)

    def _answer(
        self,
        status: str,
        error: StatesError | None = None,
        finish: Finish | None = None,
        following: str | None = None,
        details: Json | None = None,
    ) -> Json:
        found: Json = {"status": status}
        if error is not None:
            found |= {"error": error.error, "cause": error.cause}
        if finish is not None:
            found["output"] = dump(finish.output)
        found["nextState"] = following
        if self.asked.level != "INFO":
            assigned = finish.assigned if finish else {}
            found["inspectionData"] = self.inspection.shown({**self.asked.variables, **assigned}, details)
        return {key: value for key, value in found.items() if value is not None}


def test(request: Json, place: Place) -> Json:
    """Run one state that calls nothing, because of its type or because it is mocked.

    Args:
        request: members of TestState's request.

    Returns:
        The members of its answer.

    Raises:
        Refused: the request breaks a rule.
        ValueError: the state calls something: `prepare` it instead.
    """
    found = prepare(request, place)
    if found.call is not None:
        raise ValueError(f"{found.call.state} calls {found.call.call.resource}")
    return found.answer()


def prepare(request: Json, place: Place) -> Test:
    """Read a request and evaluate what the state sends.

    Returns:
        The test; if it has a `call`, that is done first, and its outcome is given to `answer`.

    Raises:
        Refused: the request breaks a rule.
    """
    found = asked(request)
    state = found.state
    own = found.context
    if own is None:
        retries = found.counts["retrierRetryCount"]
        moment = timestamp(place.now)
        own = own_context(state, found.input, found.role_arn, place.account, place.region, moment, retries)
    context = own
    env = Environment(lambda: context, found.variables, random.Random(place.seed), place.now)  # noqa: S311
    ready = Test(found, place, env, Inspection(found.input))
    try:
        sent = ready.inspection.before(state, data.compile(state), env, found.items)
    except StatesError as error:
        ready._early = error
        return ready
    _check_result(found)
    if state.type == "Task" and not found.mocked:
        if state.call is None:
            ready._early = StatesError(
                RUNTIME, f"The resource {state.body.get('Resource')!r} is not supported."
            )
            return ready
        flow, raw = data.compile(state), found.input
        arn = str(context["Execution"]["Id"])
        timeout = flow.number("TimeoutSeconds", raw, env)
        ready.call = TaskCall(
            f"{arn}#2", arn, found.role_arn or "", state.name, state.call, sent, None, timeout
        )
    return ready


def _check_result(found: Asked) -> None:
    if not found.given:
        return
    call, result = found.state.call, found.given[0]
    problem = shape_problem(found.state, result)
    if problem is None and call is not None:
        problem = model_problem(call, result, found.mode)
    if problem:
        raise Refused("ValidationException", problem)


def _first(entries: Iterator[tuple[int, tuple[str, ...]]], error: StatesError) -> int | None:
    return next((index for index, names in entries if matches(names, error)), None)
