"""Which keys a model knows at a place of its document: a misspelt one is answered with the right one."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from batchyard.manifest.marked import Place


def at(model: type[BaseModel], document: Any, place: Place) -> set[str]:  # noqa: ANN401
    """Return the keys that are known at a place of a document.

    Args:
        model: of the whole document.
        document: its data; where kinds of value differ, its `kind` decides.
        place: the path of keys and indices.
    """
    return {key for kind in _kinds(model, document, place) for key in _keys(kind)}


def kinds_with(model: type[BaseModel], place: Place, key: str) -> list[str]:
    """Return the kinds, of those that may stand at a place, that know a key."""
    return sorted(
        {name for kind in _kinds(model, None, place) if key in _keys(kind) for name in _named(kind)}
    )


def _kinds(model: type[BaseModel], document: Any, place: Place) -> list[Any]:  # noqa: ANN401
    kinds: list[Any] = [model]
    for part in place:
        document = _inner(document, part)
        kinds = [inner for kind in kinds for inner in _step(kind, part)]
        chosen = [kind for kind in kinds if _is_chosen(kind, document)]
        kinds = chosen if isinstance(document, dict) and chosen else kinds
    return [kind for kind in kinds if _is_model(kind)]


def _inner(document: Any, part: str | int) -> Any:  # noqa: ANN401
    if isinstance(document, dict):
        return document.get(part)
    return document[part] if isinstance(document, list) and isinstance(part, int) else None


def _is_chosen(kind: Any, document: Any) -> bool:  # noqa: ANN401
    names = _named(kind)
    if not names or not isinstance(document, dict):
        return not names
    return document.get("kind", kind.model_fields["kind"].default) in names


def _named(kind: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the values of a model's `kind`."""
    field = kind.model_fields.get("kind") if _is_model(kind) else None
    return get_args(field.annotation) if field else ()


def _keys(kind: Any) -> Iterator[str]:  # noqa: ANN401
    return (field.alias or name for name, field in kind.model_fields.items())


def _step(kind: Any, part: str | int) -> list[Any]:  # noqa: ANN401
    if _is_model(kind):
        found = [each for name, each in kind.model_fields.items() if part == (each.alias or name)]
        return [inner for field in found for inner in _members(field.annotation)]
    arguments = get_args(kind)
    return _members(arguments[-1]) if arguments and get_origin(kind) in (dict, list) else []


def _members(kind: Any) -> list[Any]:  # noqa: ANN401
    if get_origin(kind) is Annotated:
        return _members(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [inner for member in get_args(kind) if member is not NoneType for inner in _members(member)]
    return [kind]


def _is_model(kind: Any) -> bool:  # noqa: ANN401
    return isinstance(kind, type) and issubclass(kind, BaseModel)
