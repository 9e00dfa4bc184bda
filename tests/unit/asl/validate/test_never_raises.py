"""No definition at all makes validation fall over."""

# ruff: noqa: E501 - lists of words read better whole

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.asl.validate.definitions import call, choice, distributed, mapped, of, passes, task

from batchyard import asl
from batchyard.asl import STATE_TYPES, expressions
from batchyard.asl.validate import Validation, validate
from batchyard.asl.validate.choice import OPERATORS
from batchyard.asl.validate.fields import FIELDS

expressions.parse("1")  # the parser changes the recursion limit once, which would disturb hypothesis
NAMES = sorted(
    {
        *(name for fields in FIELDS.values() for name in fields),
        *OPERATORS,
        *(
            "StartAt",
            "States",
            "ErrorEquals",
            "And",
            "Or",
            "Not",
            "Variable",
            "Condition",
            "ProcessorConfig",
            "Mode",
        ),
        *("ReaderConfig", "WriterConfig", "MaxItems", "BatchInput", "RoleArn", "a.$", "b"),
    }
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.sampled_from(STATE_TYPES),
    st.sampled_from(["A", "JSONata", "DISTRIBUTED", "$.a[", "$", "$$.a", "States.Format('{", "{% $x[ %}", "{%",
                     "States.ALL", "arn:aws:states:::batch:submitJob.sync", "2030-01-01T00:00:00Z", "\ud800"]),
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=15,
)
MACHINE = st.fixed_dictionaries(
    {"StartAt": st.just("A"), "States": st.dictionaries(st.sampled_from("ABC"), JSON, max_size=3)},
    optional={"QueryLanguage": st.sampled_from(["JSONata", "JSONPath", 1]), "TimeoutSeconds": JSON},
)
SOUND: list[dict[str, Any]] = [
    of(task(Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 1}], Catch=[{"ErrorEquals": ["E"], "Next": "B"}])),
    of(choice({"And": [{"Variable": "$.a", "IsNull": True}], "Next": "B"})),
    of(
        distributed(
            ItemReader={"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV"}},
            ItemBatcher={"MaxItemsPerBatch": 1},
            ResultWriter={"WriterConfig": {}},
            Label="l",
        )
    ),
    of(mapped({"Mode": "INLINE"}, MaxConcurrency=1)),
    of(passes(Parameters={"a.$": "$.a"}, Assign={"x": 1}, ResultPath="$.a")),
    of(call("batch:submitJob.sync", Arguments={"JobName": "{% 'x' %}"}, TimeoutSeconds=1), language="JSONata"),
]  # fmt: skip


def _sound(found: object) -> bool:
    assert isinstance(found, Validation)
    assert (found.result == "FAIL") == bool(found.errors)
    assert all(each.message and each.code for each in found.diagnostics)
    return found.result == "OK"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(JSON, MACHINE), st.booleans())
def test_any_json_value_is_answered(document: Any, express: bool) -> None:
    _sound(validate(asl.read(document, express=express)))
    _sound(validate(document))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SOUND), st.data())
def test_a_sound_definition_with_one_value_changed_is_answered(
    document: dict[str, Any], data: st.DataObject
) -> None:
    broken = json.loads(json.dumps(document))
    places = [(value, key) for _, value in asl.walk(broken) for key in _keys(value)]
    value, key = data.draw(st.sampled_from(places))
    value[key] = data.draw(JSON)
    _sound(validate(broken))


def _keys(value: object) -> list[Any]:
    return (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text('{}[]",:ab1.eN \n', max_size=30)))
def test_any_text_is_answered(text: str) -> None:
    _sound(validate(text))


def test_what_holds_itself_or_goes_very_deep_is_answered() -> None:
    round_about: dict[str, Any] = {"StartAt": "A", "States": {}}
    round_about["States"]["A"] = round_about
    assert not _sound(validate(round_about))
    deep: Any = 1
    for _ in range(3_000):
        deep = [deep]
    nested = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": deep, "End": True}}}
    assert _sound(validate(nested))
    rule: dict[str, Any] = {"Variable": "$.a", "IsNull": True}
    for _ in range(300):
        rule = {"Not": rule}
    assert _sound(validate(of(choice({**rule, "Next": "B"}))))
