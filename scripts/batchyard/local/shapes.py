"""Requests checked against an API's published model (botocore's, read as data)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Shape = Any  # botocore publishes no types
_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "float": (int, float),
    "double": (int, float),
}
_CONTAINERS: dict[str, type] = {"structure": Mapping, "list": list, "map": Mapping}


@dataclass(frozen=True)
class Fault:
    """One member of a request that its model does not allow.

    Args:
        path: such as `routingConfiguration.1.member.weight`.
        shown: the value as the service shows it; None where it shows none.
        constraint: such as `Member must not be null`.
    """

    path: str
    shown: str | None
    constraint: str

    def __str__(self) -> str:
        value = "" if self.shown is None else f" '{self.shown}'"
        return f"Value{value} at '{self.path}' failed to satisfy constraint: {self.constraint}"


Faults = list[Fault]
Check = Callable[[Any, str, Faults], None]  # of a value and its path; notes what is wrong
Limits = Callable[[Any, Any, str, Faults], None]  # of a measure, the value measured and its path


@dataclass
class Checks:
    """The checks of an API's shapes, each built once.

    Args:
        mistyped: makes what is raised for a value of the wrong type, of the value, its shape and its path.
        any_case: names of enumerations that the service takes without regard to case.
        in_bytes: names of texts whose length counts in bytes of UTF-8.
    """

    mistyped: Callable[[object, Shape, str], Exception]
    any_case: frozenset[str] = frozenset()
    in_bytes: frozenset[str] = frozenset()
    _made: dict[str, Check] = field(default_factory=dict)

    def of(self, shape: Shape) -> Check:
        """Return the check of a shape: it notes faults, and raises what `mistyped` makes."""
        made = self._made
        if shape.name not in made:
            # Shapes may contain themselves: an entry must exist before its parts are built.
            made[shape.name] = lambda value, path, faults: made[shape.name](value, path, faults)
            made[shape.name] = self._build(shape)
        return made[shape.name]

    def _build(self, shape: Shape) -> Check:
        build = {"structure": self._structure, "list": self._list, "map": self._map}
        return build.get(shape.type_name, self._scalar)(shape)

    def _structure(self, shape: Shape) -> Check:
        members = {name: self.of(member) for name, member in shape.members.items()}
        required = frozenset(shape.required_members)

        def check(value: Any, path: str, faults: Faults) -> None:  # noqa: ANN401 - what a caller sent
            self._contains(value, shape, path)
            for name, member in members.items():
                given = value.get(name)
                at = f"{path}.{name}" if path else name
                if given is not None:
                    member(given, at, faults)
                elif name in required:
                    faults.append(Fault(at, None, "Member must not be null"))

        return check

    def _list(self, shape: Shape) -> Check:
        member, limits = self.of(shape.member), _sizes(shape)

        def check(value: Any, path: str, faults: Faults) -> None:  # noqa: ANN401
            self._contains(value, shape, path)
            limits(len(value), value, path, faults)
            for number, item in enumerate(value, start=1):
                member(item, f"{path}.{number}.member", faults)

        return check

    def _map(self, shape: Shape) -> Check:
        member = self.of(shape.value)

        def check(value: Any, path: str, faults: Faults) -> None:  # noqa: ANN401
            self._contains(value, shape, path)
            for key, item in value.items():
                member(item, f"{path}.{key}.member", faults)

        return check

    def _scalar(self, shape: Shape) -> Check:
        types = _SCALARS.get(shape.type_name, (object,))
        rest = self._text(shape) if shape.type_name == "string" else _numbers(shape)

        def check(value: Any, path: str, faults: Faults) -> None:  # noqa: ANN401
            if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
                raise self.mistyped(value, shape, path)
            rest(value, path, faults)

        return check

    def _text(self, shape: Shape) -> Check:
        limits, in_bytes = _sizes(shape), shape.name in self.in_bytes
        pattern = shape.metadata.get("pattern")
        compiled = re.compile(pattern.replace(r"\p{ASCII}", r"[\x00-\x7f]")) if pattern else None
        allowed, any_case = frozenset(shape.enum), shape.name in self.any_case
        known = frozenset(map(str.lower, allowed)) if any_case else allowed
        among = f"Member must satisfy enum value set: [{', '.join(sorted(allowed))}]"

        def check(value: Any, path: str, faults: Faults) -> None:  # noqa: ANN401
            size = len(value.encode("utf-8", "replace")) if in_bytes else len(value)
            limits(size, value, path, faults)
            if compiled and not compiled.fullmatch(value):
                must = f"Member must satisfy regular expression pattern: {pattern}"
                faults.append(Fault(path, _shown(value, shape), must))
            if known and (value.lower() if any_case else value) not in known:
                faults.append(Fault(path, _shown(value, shape), among))

        return check

    def _contains(self, value: object, shape: Shape, path: str) -> None:
        if not isinstance(value, _CONTAINERS[shape.type_name]):
            raise self.mistyped(value, shape, path)


def _sizes(shape: Shape) -> Limits:
    return _limits(shape, "length")


def _numbers(shape: Shape) -> Check:
    limits = _limits(shape, "value")
    return lambda value, path, faults: limits(value, value, path, faults)


def _limits(shape: Shape, word: str) -> Limits:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(measure: Any, value: Any, path: str, faults: Faults) -> None:  # noqa: ANN401
        if least is not None and measure < least:
            must = f"Member must have {word} greater than or equal to {least}"
            faults.append(Fault(path, _shown(value, shape), must))
        if most is not None and measure > most:
            must = f"Member must have {word} less than or equal to {most}"
            faults.append(Fault(path, _shown(value, shape), must))

    return check


def _shown(value: object, shape: Shape) -> str | None:
    return None if shape.metadata.get("sensitive") else _text_of(value, shape)


def _text_of(value: object, shape: Shape) -> str:
    """Return a value as the service prints it: `[RoutingConfigurationListItem(weight=50), ...]`."""
    if isinstance(value, list) and shape.type_name == "list":
        return f"[{', '.join(_text_of(item, shape.member) for item in value)}]"
    if isinstance(value, Mapping) and shape.type_name == "structure":
        members = shape.members.items()
        parts = (f"{name}={_text_of(value[name], member)}" for name, member in members if name in value)
        return f"{shape.name}({', '.join(parts)})"
    return str(value).lower() if isinstance(value, bool) else str(value)
