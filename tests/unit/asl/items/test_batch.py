"""ItemBatcher: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.asl.errors import StatesError
from batchyard.asl.items import Batcher, batcher


def made(field: dict[str, Any]) -> Batcher:
    found = batcher(field)
    assert found is not None
    return found


def test_1130_items_in_batches_of_100_are_12_batches() -> None:
    found = list(made({"MaxItemsPerBatch": 100}).inputs("1" for _ in range(1130)))
    assert [count for _, count in found] == [100] * 11 + [30]


def test_a_batch_carries_its_items_and_what_is_fixed() -> None:
    field = {"MaxItemsPerBatch": 2, "BatchInput": {"factCheck": "December 2022"}}
    found = [json.loads(text) for text, _ in made(field).inputs(["1", '{"a":2}', '"é"'])]
    assert found == [
        {"BatchInput": {"factCheck": "December 2022"}, "Items": [1, {"a": 2}]},
        {"BatchInput": {"factCheck": "December 2022"}, "Items": ["é"]},
    ]


def test_without_anything_fixed_there_are_items_only() -> None:
    assert list(made({"MaxItemsPerBatch": 9}).inputs(["1", "2"])) == [('{"Items":[1,2]}', 2)]


@given(
    st.lists(st.text(max_size=9), max_size=30),
    st.integers(40, 120),
    st.one_of(st.none(), st.integers(1, 6)),
    st.booleans(),
)
def test_batches_hold_all_items_in_order_within_both_limits(
    texts: list[str], most: int, count: int | None, fixed: bool
) -> None:
    field = {"MaxInputBytesPerBatch": most, "MaxItemsPerBatch": count, **({"BatchInput": 1} if fixed else {})}
    found = list(made(field).inputs(json.dumps(text, ensure_ascii=False) for text in texts))
    assert [item for text, _ in found for item in json.loads(text)["Items"]] == texts
    for text, size in found:
        assert size == len(json.loads(text)["Items"])
        assert size <= (count or size)
        assert size == 1 or len(text.encode()) <= most


def test_a_batch_is_at_most_256_kib() -> None:
    item = json.dumps("x" * 1022)
    sizes = [len(text) for text, _ in made({"MaxInputBytesPerBatch": 10**9}).inputs([item] * 600)]
    assert len(sizes) == 3
    assert max(sizes) <= 262_144


@pytest.mark.parametrize("number", [0, -1, "2", True, 2.5])
def test_numbers_that_are_no_counts_are_refused(number: object) -> None:
    with pytest.raises(StatesError, match="MaxItemsPerBatch"):
        batcher({"MaxItemsPerBatch": number})


def test_no_field_is_no_batcher() -> None:
    assert batcher(None) is None
