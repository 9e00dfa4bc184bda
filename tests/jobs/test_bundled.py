"""Parts of the bundled tools that need no data."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard_job.bundled import bwa_options, call, pairing
from batchyard_job.errors import BadInputError


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=4), st.integers(1, 1_000))
def test_regions_cover_every_base_once(lengths: list[int], size: int) -> None:
    contigs = [(f"c:{number}", length) for number, length in enumerate(lengths)]
    covered: dict[str, list[int]] = {name: [] for name, _ in contigs}
    for region in call.regions(contigs, size):
        name, _, span = region.rpartition(":")
        start, end = (int(part) for part in span.split("-"))
        assert 0 <= end - start < size
        covered[name.strip("{}")] += range(start, end + 1)
    assert covered == {name: list(range(1, length + 1)) for name, length in contigs}


def test_options_of_bwa_mem_reach_the_library() -> None:
    options, chunk = bwa_options.parse(["-k", "17", "-O", "6,7", "-D", "0.4", "-Y", "-K", "1000"])
    assert options == {
        "min_seed_len": 17,
        "gap_open_penalty": (6, 7),
        "drop_chain_fraction": 0.4,
        "soft_clip_supplementary": True,
    }
    assert chunk == 1000


@pytest.mark.parametrize("words", [["-k"], ["-k", "many"], ["-Z"], ["stray"]])
def test_other_options_are_bad_input(words: list[str]) -> None:
    with pytest.raises(BadInputError, match="bwa mem"):
        bwa_options.parse(words)


@given(st.lists(st.integers(250, 350), min_size=10, max_size=200))
def test_proper_bounds_hold_the_middle_half_of_what_they_are_learned_from(inserts: list[int]) -> None:
    low, high = pairing.bounds(inserts, pairing.FALLBACK)
    quarter = len(inserts) // 4
    assert 1 <= low <= sorted(inserts)[quarter]
    assert high >= sorted(inserts)[-quarter - 1]


def test_outliers_do_not_widen_the_bounds() -> None:
    inserts = [300 + number % 20 for number in range(100)]
    assert pairing.bounds([*inserts, 100_000], (1, 2)) == pairing.bounds(inserts, (1, 2))


def test_too_few_inserts_keep_the_bounds_of_the_chunk_before() -> None:
    assert pairing.bounds([300] * 9, (100, 500)) == (100, 500)


@dataclass
class Record:
    flag: int = 0
    reference_id: int = 0
    template_length: int = 300

    @property
    def is_reverse(self) -> bool:
        return bool(self.flag & 0x10)


@pytest.mark.parametrize(
    ("first", "second", "insert"),
    [
        (Record(0), Record(0x10, template_length=-300), 300),
        (Record(0x10, template_length=-300), Record(0), 300),
        (Record(0, template_length=-300), Record(0x10), None),  # facing away
        (Record(0), Record(0), None),
        (Record(0), Record(0x14), None),  # unmapped mate
        (Record(0), Record(0x10, reference_id=1), None),
    ],
)
def test_only_pairs_that_face_each_other_have_an_insert(
    first: Record, second: Record, insert: int | None
) -> None:
    assert pairing.insert_of(first, second) == insert


def test_the_mate_score_counts_good_qualities_only() -> None:
    assert pairing.mate_score(bytes(33 + quality for quality in (40, 15, 14, 2))) == 55
