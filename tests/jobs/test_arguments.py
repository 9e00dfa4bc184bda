from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard_job.arguments import parse
from batchyard_job.errors import BadInputError


@given(st.text(min_size=1).filter(lambda text: text.strip() == text and not text.startswith("Ref::")))
def test_the_element_after_a_flag_is_its_value_whatever_it_looks_like(value: str) -> None:
    assert parse(["--cmd_args", value], required=[]) == {"cmd_args": value}


def test_a_value_that_starts_with_a_dash_is_no_flag() -> None:
    given_words = ["--cmd_args", "-K 1000", "--memory", "2000"]
    assert parse(given_words, required=["memory"]) == {"cmd_args": "-K 1000", "memory": "2000"}


def test_an_empty_value_counts_as_left_out() -> None:
    assert parse(["--cmd_args", "", "--memory", " "], required=[]) == {}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--colour", "red"], "unknown flag --colour"),
        (["--memory"], "--memory has no value"),
        (["--memory", "1", "--memory", "2"], "given twice"),
        (["--memory", "1"], "missing --bam_s3_path"),
        (["--bam_s3_path", ""], "missing --bam_s3_path"),
        (["--cmd_args", "-K", "1000"], "has to be one element"),
        (["--bam_s3_path", "Ref::bamS3Path"], "without the parameter 'bamS3Path'"),
    ],
)
def test_what_is_wrong_is_said(words: list[str], message: str) -> None:
    with pytest.raises(BadInputError, match=message) as caught:
        parse(words, required=["bam_s3_path"])
    assert caught.value.exit_code == 65
