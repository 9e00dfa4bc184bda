"""The data flow of a state whose query language is JSONata.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from batchyard.asl.data import jsonata, numbers, timestamps
from batchyard.asl.data.interface import Environment, Finish, Pause, Value
from batchyard.asl.data.jsonata import Expression, View
from batchyard.asl.data.jsonata_template import compile_template
from batchyard.asl.data.waiting import INVALID_TIMESTAMP
from batchyard.asl.errors import RUNTIME, QueryError, StatesError
from batchyard.asl.model import Catcher, Choice, Rule, State
from batchyard.asl.walk import Json

_NONE: dict[str, Value] = {}
_WITH_RESULT = ("Task", "Parallel", "Map")


class JsonataState:
    """Implements StateData."""

    def __init__(self, state: State) -> None:
        body = self._body = state.body
        self._distributed = state.distributed
        self._with_result = state.type in _WITH_RESULT
        self._arguments = _template(body, "Arguments")
        self._outcome = _Outcome(body)
        rules = state.rules if isinstance(state, Choice) else ()
        self._rules = [(rule, _condition(rule.body, index)) for index, rule in enumerate(rules)]
        self._outcomes = {rule.path: _Outcome(rule.body, f"Choices[{at}]/") for at, rule in enumerate(rules)}
        self._catchers = {
            each.path: _Outcome(each.body, f"Catch[{index}]/") for index, each in enumerate(state.catchers)
        }
        self._item = _template(body, "ItemSelector")
        self._templates: dict[str, Expression | None] = {}

    def effective(self, raw: Value, env: Environment) -> Value:  # noqa: ARG002 - as with JSONPath
        return raw

    def arguments(self, raw: Value, env: Environment) -> Value:
        return self._arguments(View(raw, env)) if self._arguments else raw

    def finish(self, raw: Value, result: Value, env: Environment) -> Finish:
        outcome = self._outcome
        if outcome.plain:
            return Finish(result, _NONE)
        view = View(raw, env, result) if self._with_result else View(raw, env)
        return outcome.of(view, result)

    def choose(self, raw: Value, env: Environment) -> Rule | None:
        view = View(raw, env)
        for rule, holds in self._rules:
            if holds(view):
                return rule
        return None

    def chosen(self, rule: Rule | None, raw: Value, env: Environment) -> Finish:
        outcome = self._outcomes[rule.path] if rule else self._outcome
        return Finish(raw, _NONE) if outcome.plain else outcome.of(View(raw, env), raw)

    def catch(self, catcher: Catcher, raw: Value, error: Value, env: Environment) -> Finish:
        return self._catchers[catcher.path].of(View(raw, env, error=error), error)

    def number(self, field: str, raw: Value, env: Environment) -> float | None:
        if field not in self._body:
            return None
        value = self._field(field)(View(raw, env))
        text = jsonata.source(self._body[field])
        if text is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise jsonata.unexpected(text, field, "number", value)
        try:
            return numbers.within(field, value, str(self._body[field]))
        except StatesError as error:
            raise QueryError(error.cause or "", field) from error

    def pause(self, raw: Value, env: Environment) -> Pause:
        if "Seconds" in self._body:
            return Pause(self._whole("Seconds", raw, env), None)
        if "Timestamp" not in self._body:
            return Pause(0, None)
        value = self._text("Timestamp", raw, env)
        until = timestamps.seconds_of(value)
        if until is None:
            shown = jsonata.source(self._body["Timestamp"]) or self._body["Timestamp"]
            raise StatesError(RUNTIME, INVALID_TIMESTAMP.format("Timestamp", f"{shown} == {value}"))
        return Pause(None, until)

    def failure(self, raw: Value, env: Environment) -> tuple[str | None, str | None]:
        error, cause = (
            self._text(name, raw, env) if name in self._body else None for name in ("Error", "Cause")
        )
        return error, cause

    def items(self, raw: Value, env: Environment) -> Value:
        found = self._field("Items")(View(raw, env)) if "Items" in self._body else raw
        if isinstance(found, list) or (self._distributed and isinstance(found, dict)):
            return found
        text = jsonata.source(self._body.get("Items"))
        if text is not None:
            raise jsonata.unexpected(text, "Items", "array", found)
        raise QueryError(f"Map state input must be an array but was: {jsonata.kind(found)}", "Items")

    def item(self, raw: Value, value: Value, env: Environment) -> Value:
        return self._item(View(raw, env)) if self._item else value

    def evaluate(self, field: str, raw: Value, env: Environment) -> Value:
        if field not in self._body:
            return None
        value = self._field(field)(View(raw, env))
        if isinstance(value, dict) and "Arguments" in value:
            return {("Parameters" if key == "Arguments" else key): item for key, item in value.items()}
        return value

    def _field(self, field: str) -> Expression:
        found = self._templates.get(field)
        if found is None:
            found = self._templates[field] = compile_template(self._body[field], field)
        return found

    def _text(self, field: str, raw: Value, env: Environment) -> str:
        value = self._field(field)(View(raw, env))
        if not isinstance(value, str):
            raise jsonata.unexpected(
                jsonata.source(self._body[field]) or str(self._body[field]), field, "string", value
            )
        return value

    def _whole(self, field: str, raw: Value, env: Environment) -> float:
        value = self._field(field)(View(raw, env))
        text = jsonata.source(self._body[field]) or str(self._body[field])
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise jsonata.unexpected(text, field, "number", value)
        if value != int(value) or value < 0:
            raise QueryError(f"The {field} parameter must be a non-negative integer: {value}", field)
        if value > numbers.MAX_SECONDS:
            raise QueryError(f"The {field} parameter must be at most {numbers.MAX_SECONDS}: {value}", field)
        return value


class _Outcome:
    """Output and Assign of a state, a rule or a catcher."""

    __slots__ = ("_assign", "_output", "plain")

    def __init__(self, body: Json, location: str = "") -> None:
        self._output = _template(body, "Output", location)
        self._assign = _template(body, "Assign", location)
        self.plain = not self._output and not self._assign

    def of(self, view: View, default: Value) -> Finish:
        assigned = self._assign(view) if self._assign else _NONE
        return Finish(self._output(view) if self._output else default, assigned)


def _template(body: Json, field: str, location: str = "") -> Expression | None:
    return compile_template(body[field], location + field) if field in body else None


def _condition(body: Json, index: int) -> Expression:
    location = f"Choices[{index}]/Condition"
    condition = body.get("Condition")
    evaluate = compile_template(condition, location)

    def holds(view: View) -> Value:
        value = evaluate(view)
        if not isinstance(value, bool):
            raise jsonata.unexpected(jsonata.source(condition) or str(condition), location, "boolean", value)
        return value

    return holds
