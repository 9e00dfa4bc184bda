"""The manifest of a workflow: templates/workflows/<name>/workflow.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr

from batchyard.manifest.checking import check
from batchyard.manifest.fields import Data, Duration, Key
from batchyard.manifest.forms import form
from batchyard.manifest.jobs import AnyJob
from batchyard.manifest.marked import Marked, Place


class Expectation(Data):
    """An object that a smoke test has to find."""

    s3: str = form(r"^(s3://|\{)", "an object's address", "s3://{bucket.results}/...")
    min_bytes: int = Field(default=1, ge=0)


class Smoke(Data):
    """How the workflow is tried after it is deployed."""

    input: str = "smoke.input.json"
    data: str = "smoke"
    expect: list[Expectation] = Field(default=[])
    timeout: Duration = 600


class Notify(Data):
    """Which ends of an execution are announced."""

    on: list[Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]] = Field(default=[])


def _no_triggers(value: object) -> object:
    if value:
        raise ValueError("triggers are not deployed by this version; start runs with `batchyard run start`")
    return value


class Workflow(Data):
    """A workflow folder's manifest."""

    name: Key
    description: str = Field(min_length=1)
    input_schema: str = "input.schema.json"
    wait: Literal["sync", "poll"] = "sync"
    poll_seconds: int = Field(default=30, ge=1)
    jobs: dict[Key, AnyJob] = Field(default={})
    functions: list[Key] = Field(default=[])
    triggers: Annotated[list[dict[str, Any]], BeforeValidator(_no_triggers)] = Field(default=[])
    notify: Notify = Notify()
    smoke: Smoke | None = None
    _document: Marked | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, document: Marked) -> Workflow:
        """Return the manifest that a document is; it knows the lines of its keys.

        Raises:
            ManifestError: the document breaks a rule; names file, line and key.
        """
        found = check(cls, document)
        found._document = document
        return found

    def where(self, *keys: str | int) -> str:
        """Return `file:line` of a key, or of the nearest one around it, for messages.

        Args:
            keys: from the top of the manifest to the key.
        """
        return self._document.where(keys) if self._document else "workflow.yaml"

    def keys_of(self, text: str, *under: str | int, last: str = "") -> Place:
        """Return the keys to a text of the manifest, for messages; those it is looked for under if not found.

        Args:
            text: a whole value.
            under: from the top of the manifest to where it is looked for.
            last: the key that it stands behind; empty for any.
        """
        value = self._document.data if self._document else None
        for key in under:
            value = value[key] if isinstance(value, dict) and key in value else None
        places = (place for place, found in _texts(value, under) if found == text)
        return next((place for place in places if last in ("", place[-1])), under)


def _texts(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, (*place, key))
