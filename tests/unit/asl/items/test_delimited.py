"""Delimited text: https://docs.aws.amazon.com/step-functions/latest/dg/example-csv-parse-dist-map.html"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.asl.errors import StatesError
from batchyard.asl.items.delimited import items, records


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(records(text.split("\n"), delimiter))


def table(text: str, headers: Sequence[str] | None = None) -> list[dict[str, str]]:
    return list(items(records(text.split("\n"), ","), headers))


def test_the_guide_s_example() -> None:
    text = 'abc,123,"This string contains commas, a double quotation marks (""), and a newline (\n)",'
    assert rows(text + '{""MyKey"":""MyValue""},"[1,2,3]"') == [
        [
            "abc",
            "123",
            'This string contains commas, a double quotation marks ("), and a newline (\n)',
            '{"MyKey":"MyValue"}',
            "[1,2,3]",
        ]
    ]


def test_a_backslash_escapes_and_is_removed() -> None:
    assert rows("C:\\\\Program Files\\\\MyApp.exe,1\\,5,\\a") == [
        ["C:\\Program Files\\MyApp.exe", "1,5", "a"]
    ]


@pytest.mark.parametrize("mark", [",", "|", ";", " ", "\t"])
def test_every_delimiter_separates_and_may_be_quoted(mark: str) -> None:
    assert rows(f'a{mark}"b{mark}c"{mark}', mark) == [["a", f"b{mark}c", ""]]


def test_the_first_record_names_the_columns() -> None:
    """Rows and items as recorded from the service: fields are text, missing ones are empty."""
    found = table("Col1,Col2\nValue1,Value2\n,\ntrue,'x'\n   \n")
    assert found == [
        {"Col1": "Value1", "Col2": "Value2"},
        {"Col1": "", "Col2": ""},
        {"Col1": "true", "Col2": "'x'"},
        {"Col1": "   ", "Col2": ""},
    ]


def test_fields_without_a_header_are_skipped() -> None:
    assert table("a,b,c\nd", ["H"]) == [{"H": "a"}, {"H": "d"}]


def test_headers_that_are_given_twice_are_refused_in_the_service_s_words() -> None:
    """The cause as recorded from the service."""
    with pytest.raises(StatesError) as error:
        table("1,2", ["H", "H"])
    assert (error.value.error, error.value.cause) == (
        "States.ItemReaderFailed",
        "CSV headers cannot contain duplicates.",
    )


def test_headers_have_a_limit_of_10_kib() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html"""
    with pytest.raises(StatesError, match="10240"):
        table("x" * 10_300 + "\n1")


def test_quotation_marks_that_are_never_closed_do_not_lose_the_rest() -> None:
    assert rows('a,"b\nc') == [["a", "b\nc"]]


def test_a_long_record_over_many_lines_is_read_once() -> None:
    text = '"' + "\n".join(["x"] * 50_000) + '"'
    assert len(rows(text)[0][0]) == 99_999


FIELDS = st.text(alphabet=st.sampled_from('ab ,"\\\n\t|'), max_size=6)


@given(st.lists(st.lists(FIELDS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_whatever_is_quoted_is_read_back(written: list[list[str]]) -> None:
    def quoted(field: str) -> str:
        return '"' + field.replace("\\", "\\\\").replace('"', '""') + '"'

    text = "\n".join(",".join(map(quoted, row)) for row in written)
    assert rows(text) == written


@given(st.text(alphabet=st.sampled_from('ab,"\\\n'), max_size=30))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(isinstance(field, str) for row in rows(text) for field in row)
