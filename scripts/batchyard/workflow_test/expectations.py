"""What an execution came to, held against what a case expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from batchyard.workflow_test.format import ANY, Expect
from batchyard.workflow_test.matching import differences, fits_sequence, shown
from batchyard.workflow_test.running import Outcome

_CLOSE = 0.0005  # seconds: times are told in milliseconds


def check(expect: Expect, outcome: Outcome) -> list[str]:
    """Return a sentence for each expectation that does not hold."""
    if outcome.refused:
        return [outcome.refused]
    return [
        *_ending(expect, outcome),
        *_ways(expect, outcome),
        *_sent(expect, outcome),
        *_history(expect, outcome),
        *_elapsed(expect, outcome),
        *differences(expect.variables, outcome.variables, "variables"),
    ]


def _ending(expect: Expect, outcome: Outcome) -> Iterator[str]:
    if outcome.status != expect.status:
        why = ", ".join(text for text in (outcome.error, outcome.cause) if text)
        yield f"status: expected {expect.status}, got {outcome.status}{f' ({why[:300]})' if why else ''}"
    elif "output" in expect.model_fields_set:
        yield from differences(expect.output, outcome.output, "output")
    if outcome.status == expect.status and "output_exact" in expect.model_fields_set:
        yield from differences(expect.output_exact, outcome.output, "output", exact=True)
    if expect.error is not None and outcome.error != expect.error:
        yield f"error: expected {expect.error}, got {outcome.error}"
    if expect.cause is not None and expect.cause not in (outcome.cause or ""):
        yield f"cause: expected one with {shown(expect.cause)}, got {shown(outcome.cause)}"


def _ways(expect: Expect, outcome: Outcome) -> Iterator[str]:
    if expect.path is not None and not fits_sequence(expect.path, outcome.path):
        yield f"path: expected {_arrows(expect.path)}, got {_arrows(outcome.path)}"
    for name, paths in expect.iterations.items():
        there = outcome.iterations.get(name, {})
        for index, path in paths.items():
            found = there.get(index)
            if found is None:
                others = ", ".join(there) or "none at all"
                yield f"iterations.{name}.{index}: there is none; there is {others}"
            elif not fits_sequence(path, found):
                yield f"iterations.{name}.{index}: expected {_arrows(path)}, got {_arrows(found)}"
    for name, count in expect.visits.items():
        if outcome.visits[name] != count:
            yield f"visits.{name}: expected {count}, got {outcome.visits[name]}"


def _sent(expect: Expect, outcome: Outcome) -> Iterator[str]:
    attempts = Counter(sent.state for sent in outcome.sent)
    for name, count in expect.attempts.items():
        if attempts[name] != count:
            yield f"attempts.{name}: expected {count}, got {attempts[name]}"
    for name, wanted in expect.arguments.items():
        sent = [each.arguments for each in outcome.sent if each.state == name]
        each_call = wanted if isinstance(wanted, list) else [wanted]
        if len(sent) < len(each_call):
            yield f"arguments.{name}: expected {len(each_call)} calls, got {len(sent)}"
        for number, (left, right) in enumerate(zip(each_call, sent, strict=False)):
            place = f"arguments.{name}" + (f"[{number}]" if isinstance(wanted, list) else "")
            yield from differences(left, right, place)


def _history(expect: Expect, outcome: Outcome) -> Iterator[str]:
    types = [event.type for event in outcome.events]
    if expect.events is not None and not fits_sequence([ANY, *_gaps(expect.events), ANY], types):
        yield f"events: expected in this order {', '.join(expect.events)}, got {', '.join(types)}"
    counts = Counter(types)
    for name, count in expect.event_counts.items():
        if counts[name] != count:
            yield f"event_counts.{name}: expected {count}, got {counts[name]}"


def _gaps(types: list[str]) -> list[str]:
    """Return event types with room for others between them."""
    return [name for pair in zip(types, [ANY] * len(types), strict=True) for name in pair]


def _elapsed(expect: Expect, outcome: Outcome) -> Iterator[str]:
    wanted, got = expect.elapsed, round(outcome.elapsed, 3)
    if wanted is not None and not wanted.min - _CLOSE <= got <= wanted.max + _CLOSE:
        span = f"{wanted.min:g}" + (f" to {wanted.max:g}" if wanted.max != wanted.min else "")
        yield f"elapsed: expected {span} s, got {got:g} s"


def _arrows(names: list[str]) -> str:
    return " → ".join(names) or "nothing"
