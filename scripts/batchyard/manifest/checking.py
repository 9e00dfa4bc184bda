"""A document held against its model; the first fault becomes a sentence with file, line and key."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from batchyard.errors import ManifestError
from batchyard.manifest import known_fields as fields
from batchyard.manifest import wording
from batchyard.manifest.faults import Broken
from batchyard.manifest.marked import Marked, Place

Model = TypeVar("Model", bound=BaseModel)
# What the words for YAML are in an environment's file.
_IN_HCL = {
    wording.AS_LIST: 'write ["first", "second"]',
    wording.AS_MAPPING: "write { key = value }",
}


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
    # Of several at one place, a rule's own words tell more than that a value is not of another type.
    told = {fault.place for fault in faults if fault.own}
    left = [fault for fault in faults if fault.place not in deeper and (fault.own or fault.place not in told)]
    return sorted(left, key=lambda fault: not fault.unknown)


class _Fault:
    """One of pydantic's findings."""

    def __init__(self, model: type[BaseModel], document: Marked, item: Any) -> None:  # noqa: ANN401
        self._model, self._document, self._item = model, document, item
        found = item.get("ctx", {}).get("error")
        self.own = found if isinstance(found, Broken) else None
        # A union puts the names of its members into the place; they are no keys of the document.
        self.place: Place = ()
        value = document.data
        inner = self.own.at if self.own else ("kind",) if item["type"] == "kind" else ()
        parts = (*item["loc"], *inner)
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            held = (isinstance(value, dict) and part in value) or (
                isinstance(value, list) and isinstance(part, int) and part < len(value)
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
        if self._missing:
            return f"key {self._key} is missing"
        return f"{self._key}: {self.own.what if self.own else self._told[0]}"

    def fix(self) -> str:
        if self.own:
            return self.own.fix
        if self._missing:
            return wording.missing(str(self.place[-1]))
        if not self.unknown:
            fix = self._told[1]
            return _IN_HCL.get(fix, fix) if self._document.source.endswith(".tfvars") else fix
        return self._known()

    @property
    def _missing(self) -> bool:
        return bool(self._item["type"] == "missing")

    @property
    def _told(self) -> tuple[str, str]:
        return wording.told(self._item)

    def _known(self) -> str:
        key, parent = str(self.place[-1]), self.place[:-1]
        known = sorted(fields.at(self._model, self._document.data, parent))
        near = get_close_matches(key, known, n=1)
        elsewhere = fields.kinds_with(self._model, parent, key)
        if near and near[0] != key and not elsewhere:
            return f"did you mean {near[0]}?"
        if elsewhere:
            return f"{key} is of kind {' and '.join(elsewhere)}"
        return f"known keys: {', '.join(known)}"
