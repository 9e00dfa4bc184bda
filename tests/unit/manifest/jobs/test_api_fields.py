"""Every field of the API is supported, or named with the reason why not; the documentation shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from batchyard.manifest.jobs import api_table
from batchyard.manifest.jobs.api_fields import NOT_SUPPORTED, SUPPORTED, said_of


def leaves(shape: Any, path: str = "") -> Iterator[str]:
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from leaves(member, f"{path}.{name}" if path else name)
    elif shape.type_name == "list":
        yield from leaves(shape.member, f"{path}[]")
    else:
        yield f"{path}{{}}" if shape.type_name == "map" else path


@pytest.fixture(scope="module")
def fields() -> list[str]:
    """Return the fields of botocore's model of https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html."""
    model = botocore.session.get_session().get_service_model("batch")
    return list(leaves(model.operation_model("RegisterJobDefinition").input_shape))


def test_every_field_of_the_api_is_supported_or_said_not_to_be(fields: list[str]) -> None:
    silent = [field for field in fields if said_of(field) is None]
    assert not silent, "add them to manifest/jobs/api_fields.py, with the key or the reason"


def test_no_field_is_said_to_be_both(fields: list[str]) -> None:
    def refused(field: str) -> bool:
        return any(field == path or field.startswith((f"{path}.", f"{path}[]")) for path in NOT_SUPPORTED)

    assert [field for field in fields if field in SUPPORTED and refused(field)] == []


def test_the_table_names_no_field_that_the_api_does_not_have(fields: list[str]) -> None:
    assert sorted(SUPPORTED.keys() - set(fields)) == []
    assert [path for path in NOT_SUPPORTED if not any(field.startswith(path) for field in fields)] == []


def test_the_documentation_shows_the_table() -> None:
    text = api_table.document().read_text(encoding="utf-8")
    assert api_table.BEGIN in text
    assert text == api_table.renewed(text), f"the table is stale; write it anew: {api_table.COMMAND}"
