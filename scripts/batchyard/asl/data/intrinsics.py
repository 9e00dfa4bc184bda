"""Intrinsic functions as texts: `States.Format('Hello, {}!', $.name)`, parsed once and run as closures.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html and
https://states-language.net/spec.html#appendix-b
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from batchyard.asl.data.calls import Argument, Call, Literal, Path, parse
from batchyard.asl.data.functions import FUNCTIONS
from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.reference import Missing, Read
from batchyard.asl.data.refused import Refused
from batchyard.asl.data.text import dump
from batchyard.asl.data.texts import format_parts, format_text
from batchyard.asl.errors import INTRINSIC_FAILURE, RUNTIME, StatesError


def is_call(text: str) -> bool:
    """Say whether a text is meant as a call of an intrinsic function."""
    return text.startswith("States.")


def check(text: str) -> str | None:
    """Return why a text is no call of intrinsic functions, or None."""
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return None


@lru_cache(maxsize=4096)
def compile_call(text: str) -> Read:
    """Return a function of the input and the environment that runs a call.

    It raises StatesError where the service fails the state.

    Raises:
        ValueError: the text is no call.
    """
    return _closure(parse(text))


def _closure(argument: Argument) -> Read:
    if isinstance(argument, Literal):
        constant = argument.value
        return lambda _, __: constant
    if isinstance(argument, Path):
        return _reading(argument)
    return _calling(argument)


def _reading(path: Path) -> Read:
    read = path.read

    def found(value: Value, env: Environment) -> Value:
        try:
            return read(value, env)
        except Missing as error:
            raise Refused(
                f"The JsonPath argument for the field '{path.text}' could not be found in the input "
                f"'{dump(value)}'",
                RUNTIME,
            ) from error

    return found


def _calling(call: Call) -> Read:
    function = FUNCTIONS[call.name].function
    run = _formatting(call) or _plain(function, [_closure(each) for each in call.arguments])

    def called(value: Value, env: Environment) -> Value:
        try:
            return run(value, env)
        except Refused as error:
            cause = f"The function '{call.text}' had the following error: {error.cause}"
            raise StatesError(error.error or INTRINSIC_FAILURE, cause) from error
        except RecursionError as error:
            cause = f"The function '{call.text}' had the following error: A value is nested too deep"
            raise StatesError(INTRINSIC_FAILURE, cause) from error

    return called


def _plain(function: Callable[[list[Value], Environment], Value], arguments: list[Read]) -> Read:
    return lambda value, env: function([each(value, env) for each in arguments], env)


def _formatting(call: Call) -> Read | None:
    """Return a Format whose template is written out, split once; None for all else."""
    template = call.arguments[0] if call.arguments else None
    if call.name != "States.Format" or not isinstance(template, Literal) or template.raw is None:
        return None
    parts = format_parts(template.raw)
    arguments = [_closure(each) for each in call.arguments[1:]]
    return lambda value, env: format_text(parts, [each(value, env) for each in arguments])
