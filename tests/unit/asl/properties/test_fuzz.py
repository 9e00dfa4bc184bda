"""Whatever a definition or an input is, validation answers and executions end: there is never a traceback."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchyard.asl.engine import Execution, VirtualClock, virtual
from batchyard.asl.validate import validate

from .machines import DATA, World, machines
from .wellformed import check

FEW = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
WORDS = st.sampled_from(
    """
    Type States StartAt Next End Pass Task Choice Wait Map Parallel Succeed Fail Resource Parameters
    Arguments Result ResultPath InputPath OutputPath Output Assign Choices Default Variable Condition
    Seconds Timestamp SecondsPath Branches ItemProcessor Items ItemsPath ItemSelector ItemReader ItemBatcher
    ResultWriter MaxConcurrency ToleratedFailureCount Retry Catch ErrorEquals IntervalSeconds MaxAttempts
    BackoffRate TimeoutSeconds HeartbeatSeconds Error Cause QueryLanguage JSONata JSONPath ProcessorConfig
    Mode DISTRIBUTED Version Comment And Or Not IsPresent
    """.split()  # noqa: SIM905 - a list of sixty lines says no more
)
PATHS = st.sampled_from(
    """
    $
    $.n
    $.list[0]
    $$
    $$.State.Name
    $.list[*]
    $..n
    $[
    $.a b
    $v
    $.list[?(@ > 1)]
    States.Format('{}', $.n)
    States.Array(
    States.MathAdd($.n, 1)
    States.JsonMerge($, $, false)
    {% $states.input.n %}
    {% 1 + %}
    {% $states.input.list %}
    {% function($x) { $x } %}
    {%%}
    {% $f := function($n) { $n = 0 ? 0 : $f($n - 1) } %}
    2024-01-01T00:00:00Z
    arn:aws:states:::sns:publish
    """.strip().split("\n    ")
)
SCALARS = st.none() | st.booleans() | st.integers(-10, 10) | st.floats() | st.text(max_size=8) | WORDS | PATHS
KEYS = WORDS | st.text(max_size=6)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


def run(machine: Any, given_: Any = DATA) -> Execution:
    clock = VirtualClock()
    spec = virtual.spec(machine, json.dumps(given_))
    return virtual.run(spec, World(1, clock), clock=clock, limit=100_000)


@FEW
@given(VALUES)
def test_any_value_as_a_definition_is_answered(definition: Any) -> None:
    found = validate(definition)
    assert found.result in ("OK", "FAIL")
    assert found.result == "FAIL" or isinstance(definition, dict)


@FEW
@given(st.text(max_size=60) | st.lists(WORDS | st.sampled_from('{}[]:,"'), max_size=30).map(" ".join))
def test_any_text_as_a_definition_is_answered(text: str) -> None:
    assert validate(text).result == "FAIL"


@FEW
@given(machines(), st.data())
def test_a_machine_with_something_replaced_is_refused_or_runs_to_an_end(
    machine: dict[str, Any], data: Any
) -> None:
    changed = copy.deepcopy(machine)
    for _ in range(data.draw(st.integers(1, 3))):
        replace(changed, data)
    if validate(changed).result == "OK":
        execution = run(changed)
        assert execution.status in ("SUCCEEDED", "FAILED", "TIMED_OUT", "RUNNING")
        check(execution.history, execution.status)


@FEW
@given(machines(), VALUES)
def test_any_input_leads_to_an_end(machine: dict[str, Any], value: Any) -> None:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:  # NaN is not JSON; the service's own door keeps it out
        value = DATA
    execution = run(machine, value)
    assert execution.status in ("SUCCEEDED", "FAILED")
    check(execution.history, execution.status)


def replace(document: Any, data: Any) -> None:
    """Replace, remove or add a member somewhere, or give it the value of another of its name."""
    places = list(_places(document))
    holder, key = data.draw(st.sampled_from(places))
    what = data.draw(st.sampled_from(["value", "remove", "add", *["copy"] * 6]))
    if what == "remove":
        del holder[key]
    elif what == "add" and isinstance(holder, dict):
        holder[data.draw(WORDS)] = data.draw(VALUES)
    elif what == "copy":  # makes loops, among others: they end by the limit of a history
        alike = [other[name] for other, name in places if name == key]
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(alike)))
    else:
        holder[key] = data.draw(VALUES)


def _places(document: Any) -> Any:
    pairs = list(document.items()) if isinstance(document, dict) else list(enumerate(document))
    for key, value in pairs:
        yield document, key
        if isinstance(value, dict | list) and value:
            yield from _places(value)
