"""The rules of a JSONPath Choice.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html and
https://states-language.net/spec.html#choice-state
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from batchyard.asl.data import timestamps
from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.reading import path_reader
from batchyard.asl.data.reference import Missing, Read
from batchyard.asl.errors import RUNTIME, StatesError
from batchyard.asl.walk import Json, as_dict, as_list

Test = Callable[[Value, Environment], bool]
Compare = Callable[[Any, Any], bool]
Convert = Callable[[Value], Any]

_ORDER: dict[str, Compare] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}


def _text(value: Value) -> Any:  # noqa: ANN401
    return value if isinstance(value, str) else None


def _number(value: Value) -> Any:  # noqa: ANN401
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _boolean(value: Value) -> Any:  # noqa: ANN401
    return value if isinstance(value, bool) else None


def _time(value: Value) -> Any:  # noqa: ANN401
    return timestamps.parse(value) if isinstance(value, str) else None


def _utf16(value: Value) -> Any:  # noqa: ANN401
    # The service orders texts by their UTF-16 code units.
    return value.encode("utf-16-be", "surrogatepass") if isinstance(value, str) else None


def _comparisons() -> dict[str, tuple[Convert, Compare]]:
    found = {f"Numeric{name}": (_number, compare) for name, compare in _ORDER.items()}
    found |= {f"Timestamp{name}": (_time, compare) for name, compare in _ORDER.items()}
    found |= {f"String{name}": (_utf16, compare) for name, compare in _ORDER.items()}
    return found | {"StringEquals": (_text, operator.eq), "BooleanEquals": (_boolean, operator.eq)}


COMPARISONS = _comparisons()
KINDS: dict[str, Callable[[Value], bool]] = {
    "IsNull": lambda value: value is None,
    "IsNumeric": lambda value: _number(value) is not None,
    "IsString": lambda value: isinstance(value, str),
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: _time(value) is not None,
}
OPERATORS = frozenset(
    [*COMPARISONS, *(f"{name}Path" for name in COMPARISONS), *KINDS, "IsPresent", "StringMatches"]
)


def compile_rule(rule: Json) -> Test:
    """Return a function that says whether a rule holds; it raises StatesError for paths that lead nowhere."""
    if "And" in rule:
        tests = [compile_rule(as_dict(each)) for each in as_list(rule["And"])]
        return lambda value, env: all(test(value, env) for test in tests)
    if "Or" in rule:
        tests = [compile_rule(as_dict(each)) for each in as_list(rule["Or"])]
        return lambda value, env: any(test(value, env) for test in tests)
    if "Not" in rule:
        negated = compile_rule(as_dict(rule["Not"]))
        return lambda value, env: not negated(value, env)
    name = next((key for key in rule if key in OPERATORS), None)
    if name is None:
        return lambda _, __: False
    return _test(name, rule[name], rule.get("Variable"))


def _test(name: str, expected: Value, variable: object) -> Test:
    if name == "IsPresent":
        return _presence(path_reader(variable), bool(expected))
    read = _required(variable)
    if name in KINDS:
        kind, wanted = KINDS[name], bool(expected)
        return lambda value, env: kind(read(value, env)) == wanted
    if name == "StringMatches":
        matches = wildcard(expected if isinstance(expected, str) else "")
        return lambda value, env: isinstance(found := read(value, env), str) and matches(found)
    if name in COMPARISONS:
        return _with_constant(read, *COMPARISONS[name], expected)
    return _with_path(read, *COMPARISONS[name.removesuffix("Path")], _required(expected))


def _presence(read: Read, wanted: bool) -> Test:
    def test(value: Value, env: Environment) -> bool:
        try:
            read(value, env)
        except Missing:
            return not wanted
        return wanted

    return test


def _required(path: object) -> Read:
    read = path_reader(path)
    cause = f"Invalid path '{path}': The choice state's condition path references an invalid value."

    def required(value: Value, env: Environment) -> Value:
        try:
            return read(value, env)
        except Missing as error:
            raise StatesError(RUNTIME, cause) from error

    return required


def _with_constant(read: Read, convert: Convert, compare: Compare, expected: Value) -> Test:
    constant = convert(expected)
    if constant is None:
        return lambda value, env: read(value, env) is None and False

    def test(value: Value, env: Environment) -> bool:
        found = convert(read(value, env))
        return found is not None and compare(found, constant)

    return test


def _with_path(read: Read, convert: Convert, compare: Compare, other: Read) -> Test:
    def test(value: Value, env: Environment) -> bool:
        found, expected = convert(read(value, env)), convert(other(value, env))
        return found is not None and expected is not None and compare(found, expected)

    return test


_TOKEN = re.compile(r"\\([*\\])|(\*)")


def wildcard(pattern: str) -> Callable[[str], bool]:
    r"""Return a function that matches texts to a pattern: `*` is any characters, `\*` and `\\` themselves."""
    parts, part, at = list[str](), "", 0
    for token in _TOKEN.finditer(pattern):
        part += pattern[at : token.start()]
        at = token.end()
        if token[1]:
            part += token[1]
        else:
            parts.append(part)
            part = ""
    parts.append(part + pattern[at:])
    if len(parts) == 1:
        return lambda text: text == parts[0]
    return lambda text: _fits(text, parts)


def _fits(text: str, parts: list[str]) -> bool:
    first, last = parts[0], parts[-1]
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in parts[1:-1]:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
