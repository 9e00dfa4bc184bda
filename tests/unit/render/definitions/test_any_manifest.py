"""Whatever a manifest holds: it is refused with place, rule and fix, or AWS and the local engine take it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.render.definitions.any_jobs import ODD, VALID, Job, places, put
from tests.unit.render.definitions.definition_requests import EVERYTHING, EXAMPLES, request_of

from batchyard.errors import ManifestError
from batchyard.local.batch import definitions as local

Define = Callable[[str], dict[str, dict[str, Any]]]
_TEXTS = [*(text for _, text in EXAMPLES), EVERYTHING]
_DOCUMENTED = [(key, job) for text in _TEXTS for key, job in yaml.safe_load(text)["jobs"].items()]
_SHAPE = (
    botocore.session.get_session()
    .get_service_model("batch")
    .operation_model("RegisterJobDefinition")
    .input_shape
)


def register(define: Define, key: str, job: Any) -> None:
    """Render a job, have botocore look at what registers it, and register it with the local engine."""
    for definition in define(f"jobs: {json.dumps({key: job}, ensure_ascii=False)}\n").values():
        request = request_of(definition)
        report = ParamValidator().validate(request, _SHAPE)
        assert not report.has_errors(), report.generate_report()
        local.check(request)


def refusal(define: Define, key: str, job: Any) -> ManifestError | None:
    try:
        register(define, key, job)
    except ManifestError as error:
        return error
    return None


@given(VALID)
@settings(max_examples=150, deadline=None)
def test_what_keeps_to_the_rules_is_rendered_and_registered(define: Define, job: Job) -> None:
    register(define, "one", job)


@given(st.sampled_from(_DOCUMENTED), st.data())
@settings(max_examples=400, deadline=None)
def test_a_value_of_any_other_kind_is_refused_with_its_place_and_a_fix(
    define: Define, documented: tuple[str, Job], data: st.DataObject
) -> None:
    key, job = documented
    place = data.draw(st.sampled_from(sorted(places(job), key=str)))
    value = data.draw(ODD)
    error = refusal(define, key, put(job, place, value))
    if error is not None:
        assert re.match(r"workflow\.yaml:\d+", error.where), error
        assert error.what, place
        assert error.fix, error


@pytest.mark.parametrize(("key", "job"), _DOCUMENTED)
def test_a_key_too_many_is_refused_wherever_it_stands(define: Define, key: str, job: Job) -> None:
    # Keys of these are names that the manifest's author chooses, or a text of any content.
    free = {"environment", "secrets", "parameters", "tags", "options", "secret_options", "labels", "volumes"}
    free |= {"containers", "init_containers", "ranges", "ulimits", "depends_on"}
    for place in [(), *places(job)]:
        inner: Any = job
        for part in place:
            inner = inner[part]
        if isinstance(inner, dict) and not (place and place[-1] in free):
            with pytest.raises(ManifestError, match=r"unknown key .*nonsense") as caught:
                register(define, key, put(job, (*place, "nonsense"), "x"))
            assert caught.value.fix
