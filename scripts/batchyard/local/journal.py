"""Executions that began since their service was last saved, one line each, so that a kill loses none.

Saving all executions at each start would cost more the more there are; a line costs the same always.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from batchyard.local import ministack
from batchyard.local.batch.host import Scope
from batchyard.local.recovery import LOST

SERVICE = "stepfunctions"  # whose saved state makes the lines needless
_STATES = "services.stepfunctions"
_Start = Callable[[Mapping[str, Any]], tuple[int, dict[str, str], Any]]


class Journal:
    """The lines since the last save, and those that a save in progress makes needless.

    Args:
        folder: where the services' state is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._now, self._before = folder / "started.jsonl", folder / "started.before.jsonl"
        self._lock = threading.Lock()

    def install(self) -> None:
        """Write each execution down before its start is answered."""
        ministack.wrap(_STATES, "_start_execution", self.started)

    def started(self, original: _Start) -> _Start:
        def start(data: Mapping[str, Any]) -> tuple[int, dict[str, str], Any]:
            response = original(data)
            if response[0] == 200:
                arn = json.loads(response[2])["executionArn"]
                record = ministack.get(_STATES, "_executions").get(arn)
                if record:
                    self.add(ministack.scope(), dict(record) | {"events": record["events"][:1]})
            return response

        return start

    def add(self, scope: Scope, record: Mapping[str, Any]) -> None:
        """Write an execution's record as it began; what a killed process wrote stays."""
        line = json.dumps({"account": scope.account, "region": scope.region, "record": record}, default=str)
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._now.open("a") as file:
                file.write(line + "\n")

    def entries(self) -> Iterator[tuple[Scope, dict[str, Any]]]:
        """Yield what was written and not dropped, the oldest first."""
        for path in (self._before, self._now):
            for line in path.read_text(errors="replace").splitlines() if path.is_file() else ():
                try:
                    found = json.loads(line)
                except ValueError:  # cut off by a kill, so its start was not answered
                    continue
                yield Scope(found["account"], found["region"]), found["record"]

    def restore(self) -> None:
        """Give the emulator the executions that its saved state does not have, as cut off by a restart."""
        for scope, record in self.entries():
            ministack.within(scope, partial(_restore, record))

    def roll(self) -> None:
        """Set the lines apart: a copy of the state that is made from now on has their executions."""
        with self._lock:
            if not self._now.is_file():
                return
            if self._before.is_file():  # of a save that failed
                with self._before.open("a") as file:
                    file.write(self._now.read_text())
                self._now.unlink()
            else:
                self._now.replace(self._before)

    def drop(self) -> None:
        """Forget the lines that were set apart: that copy is on disk."""
        self._before.unlink(missing_ok=True)


def _restore(record: dict[str, Any]) -> None:
    executions = ministack.get(_STATES, "_executions")
    if record["executionArn"] not in executions:
        lost = {"status": "FAILED", "error": LOST, "stopDate": record.get("startDate")}
        executions[record["executionArn"]] = record | lost
