from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchyard.errors import ManifestError, UsageError
from batchyard.workflow_test.loading import load


def broken(cases: Path, line: str, instead: str) -> str:
    text = cases.read_text()
    assert line in text
    cases.write_text(text.replace(line, instead))
    with pytest.raises(ManifestError) as caught:
        load("ask")
    return caught.value.sentence().replace("templates/workflows/ask/tests/", "")


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        (
            "    change: {urgent: false}",
            "    chnage: {urgent: false}",
            "cases.yaml:12: unknown key cases.later.chnage\n  did you mean change?",
        ),
        (
            "    Ask: {result: {MessageId: m-1}}",
            "    Ask: {result: {MessageId: m-1}, error: E}",
            (
                "cases.yaml:4: document: result and error are given\n"
                "  write one of result, payload, job, error, never, items, items_file"
            ),
        ),
        (
            "    Ask: {result: {MessageId: m-1}}",
            "    Ask: {after: 3}",
            (
                "cases.yaml:4: document: no answer is given\n"
                "  write one of result, payload, job, error, never, items, items_file"
            ),
        ),
        (
            "elapsed: 60}",
            "elapsed: a minute}",
            "cases.yaml:13: cases.later.expect.elapsed: not a duration\n  write it as 6h, 90m, 1h30m or 600s",
        ),
        (
            "defaults:\n",
            "defaults:\n  start: 2026-01-01T00:00:00\n",
            "cases.yaml:7: start: 2026-01-01T00:00:00 has no time zone\n  write 2026-01-01T00:00:00Z",
        ),
        (
            "    Ask: {result: {MessageId: m-1}}",
            "    Ask: {result: 1, item: 1.0}",
            (
                "cases.yaml:4: item: has to be a whole number, not 1.0; item: has to be a text, not 1.0\n"
                "  write a whole number, without a point or a unit"
            ),
        ),
        ("  later:", "  urgent:", "cases.yaml:11: key urgent is given twice"),
    ],
)
def test_a_wrong_file_is_told_with_line_and_key(cases: Path, line: str, instead: str, told: str) -> None:
    assert broken(cases, line, instead) == told


def test_cases_say_otherwise_than_their_defaults(cases: Path) -> None:
    cases.write_text(
        "defaults: {input: {a: 1, b: 2}, wait: poll, seed: 3, mocks: {A: {result: 1}, B: {result: 2}}}\n"
        "cases:\n"
        "  own: {input: [1], wait: sync, mocks: {B: [{error: E}, {result: 3}]}}\n"
        "  changed: {change: {b: 3, c: 4}, remove: [a], start: '2026-01-01T00:00:00Z'}\n"
    )
    own, changed = load("ask")
    assert (own.input, own.case.wait, own.case.seed, own.start) == ([1], "sync", 3, None)
    assert [mock.result for mock in own.mocks["A"]] == [1]
    assert [mock.error for mock in own.mocks["B"]] == ["E", None]
    assert (changed.input, changed.case.wait, changed.start) == ({"b": 3, "c": 4}, "poll", 1767225600.0)


def test_an_input_may_lie_in_a_file(cases: Path) -> None:
    (cases.parent / "in.json").write_text('{"text": "from a file"}')
    cases.write_text(
        "defaults: {input_file: in.json}\ncases: {one: {change: {x: 1}}, two: {input: {y: 2}}}\n"
    )
    assert [case.input for case in load("ask")] == [{"text": "from a file", "x": 1}, {"y": 2}]


@pytest.mark.parametrize(("pattern", "found"), [("*", 2), ("la*", 1), ("cases/*", 2), ("cases/urgent", 1)])
def test_cases_are_chosen_by_name(project: Path, pattern: str, found: int) -> None:
    assert len(load("ask", pattern)) == found


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: load("ask", "x*"), "no case of ask matches x*\n  there is: cases/urgent, cases/later"),
        (lambda: load("aks"), "no workflow folder aks\n  there is: ask"),
    ],
)
def test_what_is_not_there_is_told_with_what_there_is(
    project: Path, call: Callable[[], object], told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        call()
    assert caught.value.sentence().removeprefix(f"{project}/templates/workflows: ") == told
