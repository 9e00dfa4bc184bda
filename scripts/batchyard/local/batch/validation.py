"""Requests checked against the API's published model (botocore's, read as data)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from batchyard.local.batch.errors import ApiError

Shape = Any  # botocore publishes no types
Check = Callable[[Any, str], None]

# The service takes these two without regard to case, and gives them back as they were sent.
_ANY_CASE = frozenset({"RetryAction", "JobDefinitionType"})
_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "float": (int, float),
    "double": (int, float),
}


@dataclass(frozen=True)
class Operation:
    """An operation of the API: its name and the check of its request."""

    name: str
    check: Check


@functools.cache
def service_model() -> Shape:
    """Return botocore's model of Batch; loaded at the first request, not at import."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model("batch", "service-2"))


@functools.cache
def operations() -> dict[tuple[str, str], Operation]:
    """Return every operation by (method, path template), such as ("POST", "/v1/submitjob")."""
    model = service_model()
    checks: dict[str, Check] = {}
    found: dict[tuple[str, str], Operation] = {}
    for name in model.operation_names:
        operation = model.operation_model(name)
        key = operation.http["method"], operation.http["requestUri"]
        found[key] = Operation(name, _check(operation.input_shape, checks))
    return found


def _check(shape: Shape, made: dict[str, Check]) -> Check:
    if shape.name not in made:
        # Shapes may contain themselves: an entry must exist before its parts are built.
        made[shape.name] = lambda value, path: made[shape.name](value, path)
        made[shape.name] = _build(shape, made)
    return made[shape.name]


def _build(shape: Shape, made: dict[str, Check]) -> Check:
    if shape.type_name == "structure":
        return _structure(shape, made)
    if shape.type_name == "list":
        return _list(_check(shape.member, made))
    if shape.type_name == "map":
        return _map(_check(shape.value, made))
    return _scalar(shape)


def _structure(shape: Shape, made: dict[str, Check]) -> Check:
    members = {name: _check(member, made) for name, member in shape.members.items()}
    required = tuple(shape.required_members)

    def check(value: Mapping[str, Any], path: str) -> None:
        _typed(value, Mapping, "structure", path)
        for name in required:
            if value.get(name) is None:
                raise _failed(value.get(name), _join(path, name), "Member must not be null")
        for name, given in value.items():
            if given is not None and name in members:
                members[name](given, _join(path, name))

    return check


def _list(member: Check) -> Check:
    def check(value: list[Any], path: str) -> None:
        _typed(value, list, "list", path)
        for number, item in enumerate(value, start=1):
            member(item, f"{path}.{number}.member")

    return check


def _map(member: Check) -> Check:
    def check(value: Mapping[str, Any], path: str) -> None:
        _typed(value, Mapping, "map", path)
        for key, item in value.items():
            member(item, f"{path}.{key}.member")

    return check


def _scalar(shape: Shape) -> Check:
    types = _SCALARS.get(shape.type_name, (object,))
    any_case = shape.name in _ANY_CASE
    allowed = frozenset(getattr(shape, "enum", ()) or ())
    known = frozenset(map(str.lower, allowed)) if any_case else allowed
    wording = f"Member must satisfy enum value set: [{', '.join(sorted(allowed))}]"

    def check(value: object, path: str) -> None:
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise _failed(value, path, f"Member must be of type {shape.type_name}")
        if known and (str(value).lower() if any_case else value) not in known:
            raise _failed(value, path, wording)

    return check


def _typed(value: object, kind: type, name: str, path: str) -> None:
    if not isinstance(value, kind):
        raise _failed(value, path, f"Member must be of type {name}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _failed(value: object, path: str, constraint: str) -> ApiError:
    shown = "" if value is None else f" '{value}'"
    return ApiError(
        f"1 validation error detected: Value{shown} at '{path}' failed to satisfy constraint: {constraint}"
    )
