"""A workflow for tests in Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from batchyard.errors import UsageError
from batchyard.manifest.marked import Marked
from batchyard.workflow_test.format import Kind, Wait
from batchyard.workflow_test.loading import Mocks, answers
from batchyard.workflow_test.running import Outcome, run
from batchyard.workflow_test.variant import Prepared, Variant, Variants

Mocking = Mapping[str, Mapping[str, Any] | list[Mapping[str, Any]]]


class Workflow:
    """A workflow folder's state machine, rendered in memory.

    Args:
        name: the folder's.
        environment: whose queues and names are used.
        wait: `sync` or `poll`; None for what the environment or the manifest says.
        kind: STANDARD or EXPRESS.
        variants: rendered state machines to share.
    """

    def __init__(
        self,
        name: str,
        *,
        environment: str = "local",
        wait: str | None = None,
        kind: str = "STANDARD",
        variants: Variants | None = None,
    ) -> None:
        if wait not in (None, "sync", "poll") or kind not in ("STANDARD", "EXPRESS"):
            raise UsageError(f"wait is sync or poll, kind STANDARD or EXPRESS, not {wait} and {kind}")
        variant = Variant(name, environment, cast("Wait | None", wait), None, cast("Kind", kind))
        self._prepared: Prepared = (variants or Variants())(variant)

    @property
    def definition(self) -> dict[str, Any]:
        """Return the ASL document."""
        return self._prepared.document

    def run(
        self,
        input: object = None,  # noqa: A002 - as executions name it
        mocks: Mocking | None = None,
        *,
        start: float | None = None,
        seed: int = 0,
        folder: Path | None = None,
    ) -> Outcome:
        """Run it once.

        Args:
            mocks: by state, with the keys that files of cases have.
            start: virtual time at which it starts, seconds since the epoch.
            folder: where files that mocks name lie.

        Raises:
            BatchyardError: a mock is not well-formed, or a state without a mock calls something.
        """
        outcome = run(
            self._prepared,
            {} if input is None else input,
            _mocks(mocks or {}),
            start=start,
            seed=seed,
            folder=folder,
        )
        if outcome.refused:
            raise UsageError(outcome.refused, fix="add it to mocks")
        return outcome


class Workflows(Protocol):
    """The fixture `workflow`: gives a workflow by its folder's name."""

    def __call__(
        self, name: str, *, environment: str | None = None, wait: str | None = None, kind: str = "STANDARD"
    ) -> Workflow: ...


def _mocks(mocks: Mocking) -> Mocks:
    return {name: answers(Marked(mocks, {}, f"mocks.{name}"), (name,)) for name in mocks}
