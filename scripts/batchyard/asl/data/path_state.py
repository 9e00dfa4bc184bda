"""The data flow of a state whose query language is JSONPath.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
"""

from __future__ import annotations

from batchyard.asl.data import numbers
from batchyard.asl.data.comparisons import Test, compile_rule
from batchyard.asl.data.fields import compile_field
from batchyard.asl.data.interface import Environment, Finish, Pause, Value
from batchyard.asl.data.reading import selector, value_reader
from batchyard.asl.data.reference import Read
from batchyard.asl.data.templates import compile_template
from batchyard.asl.data.waiting import path_pause
from batchyard.asl.data.writing import Write, writer
from batchyard.asl.errors import RUNTIME, StatesError
from batchyard.asl.model import Catcher, Choice, Rule, State
from batchyard.asl.walk import Json

_NONE: dict[str, Value] = {}
_WITH_RESULT = ("Task", "Parallel", "Map", "Pass")
_WITH_PARAMETERS = ("Task", "Parallel", "Pass")


class PathState:
    """Implements StateData."""

    def __init__(self, state: State) -> None:
        body = self._body = state.body
        self._distributed = state.distributed
        self._input = selector(body.get("InputPath", "$"))
        self._output = selector(body.get("OutputPath", "$"))
        self._parameters = _template(body, "Parameters") if state.type in _WITH_PARAMETERS else None
        self._constant = state.type == "Pass" and "Result" in body
        self._result = body.get("Result")
        self._select = _template(body, "ResultSelector")
        self._write = self._writer(state.type)
        self._assign = _template(body, "Assign")
        self._finish_plainly = not (
            self._constant or self._select or self._write or self._output or self._assign
        )
        rules = state.rules if isinstance(state, Choice) else ()
        self._rules: list[tuple[Rule, Test]] = [(rule, compile_rule(rule.body)) for rule in rules]
        self._assigns = {rule.path: _template(rule.body, "Assign") for rule in rules}
        self._catchers = {each.path: _catcher(each.body) for each in state.catchers}
        self._numbers: dict[str, numbers.Number | None] = {}
        self._fields: dict[str, Read | None] = {}
        self._pause = path_pause(body) if state.type == "Wait" else None
        items = body.get("ItemSelector", body.get("Parameters")) if state.type == "Map" else None
        self._items, self._item = selector(body.get("ItemsPath", "$")), items and compile_template(items)
        self._failure = tuple(_failure(body, name) for name in ("Error", "Cause"))

    def _writer(self, kind: str) -> Write | None:
        path = self._body.get("ResultPath", "$")
        return None if path == "$" or kind not in _WITH_RESULT else writer(path)

    def effective(self, raw: Value, env: Environment) -> Value:
        return self._input(raw, env) if self._input else raw

    def arguments(self, raw: Value, env: Environment) -> Value:
        value = self._input(raw, env) if self._input else raw
        return self._parameters(value, env) if self._parameters else value

    def finish(self, raw: Value, result: Value, env: Environment) -> Finish:
        if self._finish_plainly:
            return Finish(result, _NONE)
        output = result = self._result if self._constant else result
        if self._select:
            output = self._select(output, env)
        if self._write:
            output = self._write(raw, output)
        if self._output:
            output = self._output(output, env)
        return Finish(output, self._assign(result, env) if self._assign else _NONE)

    def choose(self, raw: Value, env: Environment) -> Rule | None:
        value = self._input(raw, env) if self._input else raw
        for rule, holds in self._rules:
            if holds(value, env):
                return rule
        return None

    def chosen(self, rule: Rule | None, raw: Value, env: Environment) -> Finish:
        value = self._input(raw, env) if self._input else raw
        assign = self._assigns.get(rule.path) if rule else self._assign
        output = self._output(value, env) if self._output else value
        return Finish(output, assign(value, env) if assign else _NONE)

    def catch(self, catcher: Catcher, raw: Value, error: Value, env: Environment) -> Finish:
        write, assign = self._catchers[catcher.path]
        return Finish(write(raw, error), assign(error, env) if assign else _NONE)

    def number(self, field: str, raw: Value, env: Environment) -> float | None:
        if field not in self._numbers:
            self._numbers[field] = numbers.path_number(self._body, field)
        number = self._numbers[field]
        return number(self.effective(raw, env), env) if number else None

    def pause(self, raw: Value, env: Environment) -> Pause:
        return self._pause(self.effective(raw, env), env) if self._pause else Pause(0, None)

    def failure(self, raw: Value, env: Environment) -> tuple[str | None, str | None]:
        error, cause = (read(raw, env) if read else None for read in self._failure)
        return error, cause

    def items(self, raw: Value, env: Environment) -> Value:
        value = self.effective(raw, env)
        found = self._items(value, env) if self._items else value
        if isinstance(found, list) or (self._distributed and isinstance(found, dict)):
            return found
        path = self._body.get("ItemsPath", "$")
        raise StatesError(RUNTIME, f'Reference path "{path}" must point to array.')

    def item(self, raw: Value, value: Value, env: Environment) -> Value:
        return self._item(self.effective(raw, env), env) if self._item else value

    def evaluate(self, field: str, raw: Value, env: Environment) -> Value:
        if field not in self._fields:
            self._fields[field] = compile_field(self._body[field]) if field in self._body else None
        read = self._fields[field]
        return read(self.effective(raw, env), env) if read else None


def _template(body: Json, field: str) -> Read | None:
    return compile_template(body[field]) if field in body else None


def _catcher(body: Json) -> tuple[Write, Read | None]:
    return writer(body.get("ResultPath", "$")), _template(body, "Assign")


def _failure(body: Json, field: str) -> Read | None:
    if field in body:
        constant = body[field]
        return lambda _, __: constant
    path = body.get(f"{field}Path")
    if path is None:
        return None
    read = value_reader(path)

    def text(value: Value, env: Environment) -> Value:
        found = read(value, env)
        if not isinstance(found, str):
            raise StatesError(RUNTIME, f"The {field}Path parameter does not reference a string: {path}")
        return found

    return text
