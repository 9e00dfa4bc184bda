"""Templates: own delimiters, strict names, and faults that name template, line and name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchyard.errors import BatchyardError, ManifestError
from batchyard.manifest.marked import read_yaml
from batchyard.render.jinja import render


def template(project: Path, text: str) -> str:
    (project / "templates" / "test.j2").write_text(text)
    return "test.j2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {{ value | json }}", 'a: ["it\'s", true, null]'),
        ("a: {{ value | tojson }}", 'a: ["it\'s", true, null]'),
        ("a: {{ value }}", 'a: ["it\'s", true, null]'),
        ('a: "{% $states.input.x %}"', 'a: "{% $states.input.x %}"'),
        ("<% if value %>\nyes\n<% endif %>\nend", "yes\nend"),
        ("a<# never seen #>b", "ab"),
    ],
)
def test_what_a_template_gives(project: Path, text: str, expected: str) -> None:
    assert render(template(project, text), {"value": ["it's", True, None]}) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: 1\nb: {{ nam }}",
            "templates/test.j2:2: 'nam' is undefined\n  a template may name: fail, name, nan",
        ),
        ("<% if nam %>x<% endif %>", "templates/test.j2:1: 'nam' is undefined"),
        ("a\n\n{{ name.first }}", "templates/test.j2:3: 'str object' has no attribute 'first'"),
        ("a\n<% if %>", "templates/test.j2:2: template syntax:"),
        ("a\n{{ name + 1 }}", "templates/test.j2:2: TypeError:"),
        ("a\n{{ fail() }}", "templates/test.j2:2: it can not be"),
        ("<% include 'gone.j2' %>", "templates/test.j2: no template gone.j2"),
        ("a\n{{ {'k': [nam]} | json }}", "templates/test.j2:2: 'nam' is undefined"),
        ("a\n{{ nan | json }}", "templates/test.j2:2: no JSON value"),
    ],
)
def test_a_fault_names_template_line_and_name(project: Path, text: str, message: str) -> None:
    def fail() -> None:
        raise ManifestError("it can not be", fix="do something else")

    variables = {"name": "x", "fail": fail, "nan": float("nan")}
    with pytest.raises(BatchyardError) as caught:
        render(template(project, text), variables)
    assert str(caught.value).startswith(message)


def test_a_fault_in_a_macro_names_the_macro_s_template(project: Path) -> None:
    (project / "templates" / "macros" / "m.j2").write_text("<% macro m() %>\n{{ gone }}\n<% endmacro %>")
    with pytest.raises(ManifestError, match=r"^templates/macros/m.j2:2: 'gone' is undefined"):
        render(template(project, "<% from 'macros/m.j2' import m %>\n\n{{ m() }}"), {})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_a_template(project: Path, text: str) -> None:
    rendered = render(
        template(project, "description: {{ text | json }}\nnext: {{ {'a': text} }}\n"), {"text": text}
    )
    assert read_yaml(rendered, "x").data == {"description": text, "next": {"a": text}}
