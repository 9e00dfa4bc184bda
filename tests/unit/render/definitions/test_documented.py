"""The examples of docs/job-definitions.md, and one job of each kind with every key, as AWS takes them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from tests.unit.render.definitions.definition_requests import EVERYTHING, EXAMPLES, MEMBERS, TEXT, request_of

from batchyard.errors import ManifestError
from batchyard.local.batch import definitions as local
from batchyard.local.batch import fargate
from batchyard.manifest.jobs.api_fields import SUPPORTED
from batchyard.manifest.jobs.fargate import SIZES

Define = Callable[[str], dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def shape() -> Any:
    """Return botocore's shape of what RegisterJobDefinition takes."""
    model = botocore.session.get_session().get_service_model("batch")
    return model.operation_model("RegisterJobDefinition").input_shape


def leaves(value: Any, shape: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of the fields that hold a value, as the table writes them."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from leaves(inner, shape.members[name], f"{path}.{name}" if path else name)
    elif shape.type_name == "list":
        for inner in value:
            yield from leaves(inner, shape.member, f"{path}[]")
    elif shape.type_name == "map":
        yield from ([f"{path}{{}}"] if value else [])
    else:
        yield path


@pytest.mark.parametrize(("title", "text"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_the_examples_of_the_documentation_are_definitions_that_aws_takes(
    define: Define, shape: Any, title: str, text: str
) -> None:
    for definition in define(text).values():
        report = ParamValidator().validate(request_of(definition), shape)
        assert not report.has_errors(), f"{title}: {report.generate_report()}"
        assert len(MEMBERS.keys() & definition.keys()) == 1


@pytest.mark.parametrize(
    ("title", "text"),
    [*EXAMPLES, ("everything", EVERYTHING)],
    ids=[title for title, _ in EXAMPLES] + ["everything"],
)
def test_the_local_engine_takes_what_is_rendered(define: Define, title: str, text: str) -> None:
    for key, definition in define(text).items():
        request = request_of(definition)
        local.check(request)
        assert request["jobDefinitionName"] == f"batchyard-test-demo-{key}", title


def test_the_documentation_has_an_example_of_every_kind(define: Define) -> None:
    kinds = {each["kind"] for _, text in EXAMPLES for each in define(text).values()}
    assert kinds == {"container", "gpu", "fargate", "array", "multi-container", "multi-node", "eks"}


def test_every_field_that_is_called_supported_is_rendered_by_its_key(define: Define, shape: Any) -> None:
    requests = [request_of(definition) for definition in define(EVERYTHING).values()]
    for request in requests:
        assert not ParamValidator().validate(request, shape).has_errors()
    rendered = {leaf for request in requests for leaf in leaves(request, shape)}
    assert sorted(SUPPORTED.keys() - rendered) == []
    assert sorted(rendered - SUPPORTED.keys()) == []


def test_the_documented_sizes_are_those_that_are_taken() -> None:
    for vcpus, sizes in SIZES.items():
        steps = {after - before for before, after in itertools.pairwise(sizes)}
        even = len(sizes) > 3 and len(steps) == 1
        said = f"{sizes[0]} to {sizes[-1]} in steps of {steps.pop()}" if even else ", ".join(map(str, sizes))
        assert f"\n| {vcpus:g} | {said} |\n" in TEXT


def test_the_local_engine_has_the_same_sizes() -> None:
    assert {vcpus: set(sizes) for vcpus, sizes in SIZES.items()} == fargate.PAIRS


def test_the_documented_message_is_what_is_said(define: Define) -> None:
    job = "image: copy, kind: fargate, queue: fargate, vcpus: 1, memory: 1024, timeout: 1h"
    with pytest.raises(ManifestError) as caught:
        define(f"jobs:\n  copy: {{{job}}}\n")
    assert f"{caught.value.what}\n  {caught.value.fix}\n" in TEXT
