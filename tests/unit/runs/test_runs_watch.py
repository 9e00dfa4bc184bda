from __future__ import annotations

import pytest
from tests.unit.runs.run_records import ARN

from batchyard.environments import Environment
from batchyard.runs import watch
from batchyard.runs.steps import Step


def test_each_change_of_a_step_is_told_once(dev: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    def step(status: str, attempts: int) -> Step:
        return Step("Align", "job-1", "Align-x", status, None, attempts=attempts)

    looks = iter(
        [[], [step("RUNNING", 1)], [step("RUNNING", 1)], [step("RUNNABLE", 1)], [step("RUNNING", 2)]]
    )
    monkeypatch.setattr(watch, "of_execution", lambda environment, execution: next(looks))
    told: list[str] = []
    now = 0.0
    seen = watch.Watch(dev, ARN, told.append, clock=lambda: now)
    seen()  # too early: the second look would fail on what is left
    for _ in range(5):
        now += 10
        seen()
        seen()
    assert told == ["Align: RUNNING", "Align: RUNNABLE", "Align: RUNNING, attempt 2"]
    assert next(looks, None) is None
