"""A document held against its model; the first fault becomes a sentence with file, line and key."""

from __future__ import annotations

from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from batchyard.errors import ManifestError
from batchyard.manifest.marked import Marked, Place

Model = TypeVar("Model", bound=BaseModel)


def check(model: type[Model], document: Marked) -> Model:
    """Return the model made of a document.

    Args:
        model: what the document has to be.
        document: as read.

    Raises:
        ManifestError: a key is unknown or missing, or a value is wrong; all faults are named, the first one's
            line is the place.
    """
    if not isinstance(document.data, dict):
        raise ManifestError("empty, or no mapping of keys to values", where=document.source)
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        faults = _ordered([_Fault(model, document, item) for item in error.errors(include_url=False)])
        what = "; ".join(dict.fromkeys(fault.sentence() for fault in faults))
        raise ManifestError(what, where=document.where(faults[0].place), fix=faults[0].fix()) from error


def _ordered(faults: list[_Fault]) -> list[_Fault]:
    """Return the faults that tell something, unknown keys first: they explain the missing ones."""
    # A value that fits no member of a union is reported for each; the deepest one is what was meant.
    deeper = {fault.place[:length] for fault in faults for length in range(len(fault.place))}
    return sorted(
        (fault for fault in faults if fault.place not in deeper), key=lambda fault: not fault.unknown
    )


class _Fault:
    """One of pydantic's findings."""

    def __init__(self, model: type[BaseModel], document: Marked, item: Any) -> None:  # noqa: ANN401
        self._model, self._item = model, item
        # A union puts the names of its members into the place; they are no keys of the document.
        self.place: Place = ()
        value = document.data
        for index, part in enumerate(item["loc"]):
            last = index == len(item["loc"]) - 1
            held = (isinstance(value, dict) and part in value) or (
                isinstance(value, list) and isinstance(part, int)
            )
            if held:
                self.place, value = (*self.place, part), value[part]
            elif last and item["type"] == "missing":
                self.place = (*self.place, part)

    @property
    def unknown(self) -> bool:
        return bool(self._item["type"] == "extra_forbidden")

    @property
    def _key(self) -> str:
        return ".".join(str(part) for part in self.place) or "document"

    def sentence(self) -> str:
        if self.unknown:
            return f"unknown key {self._key}"
        if self._item["type"] == "missing":
            return f"key {self._key} is missing"
        what, _, unable = self._item["msg"].removeprefix("Value error, ").partition(", unable to")
        return f"{self._key}: {what}" + (f", not {self._item['input']!r}" if unable else "")

    def fix(self) -> str:
        if not self.unknown:
            return ""
        known = sorted(_fields_at(self._model, self.place[:-1]))
        near = get_close_matches(str(self.place[-1]), known, n=1)
        return f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"


def _fields_at(model: type[BaseModel], place: Place) -> set[str]:
    """Return the keys that are known at a place."""
    kinds: list[Any] = [model]
    for part in place:
        kinds = [inner for kind in kinds for inner in _step(kind, part)]
    return {name for kind in kinds if _is_model(kind) for name in kind.model_fields}


def _step(kind: Any, part: str | int) -> list[Any]:  # noqa: ANN401
    if _is_model(kind):
        field = kind.model_fields.get(part)
        return _members(field.annotation) if field else []
    arguments = get_args(kind)
    return _members(arguments[-1]) if arguments and get_origin(kind) in (dict, list) else []


def _members(kind: Any) -> list[Any]:  # noqa: ANN401
    if get_origin(kind) in (Union, UnionType):
        return [member for member in get_args(kind) if member is not NoneType]
    return [kind]


def _is_model(kind: Any) -> bool:  # noqa: ANN401
    return isinstance(kind, type) and issubclass(kind, BaseModel)
