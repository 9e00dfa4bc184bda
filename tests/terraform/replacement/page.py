"""docs/replacement.md, from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.terraform.replacement.cases import OWN_ROLE, Case
from tests.terraform.replacement.edits import CE, DEFINITION, QUEUE
from tests.terraform.replacement.plans import Measured

FILE = Path(__file__).resolve().parents[3] / "docs" / "replacement.md"
COMMAND = ".venv/bin/python -m tests.terraform.replacement"
_KINDS = ("EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "EKS", "UNMANAGED")
_CHOICES = {
    "SPOT/price": "`SPOT_PRICE_CAPACITY_OPTIMIZED`",
    "EC2/best-fit": "`BEST_FIT`",
    OWN_ROLE: "own service role (EC2)",
}
_SHAPES = ("container", "fargate", "multi-container", "multi-node", "gpu", "array", "eks")
_POD = "`eks_properties.pod_properties."
_NO_ARGUMENT = "\N{EN DASH}"
_WORDS = {"replaced": "**replaced**"}

Outcomes = dict[str, dict[str, str]]


def page(measured: Measured) -> str:
    """Return the page's text."""
    template = Path(__file__).with_name("page.md").read_text()
    environments = _outcomes(measured.cases, CE)
    definitions = _outcomes(measured.cases, DEFINITION)
    parts = {
        "version": measured.version,
        "command": COMMAND,
        "environments": _table(environments, {kind: kind for kind in _KINDS}),
        "choices": _table(_worse(environments), _CHOICES),
        "queues": _table(_outcomes(measured.cases, QUEUE), {"fifo": "fifo", "fair-share": "fair share"}),
        "definitions": _table(_without_pods(definitions), {kind: f"`{kind}`" for kind in _SHAPES}),
        "pods": _pods(definitions),
    }
    for name, text in parts.items():
        template = template.replace(f"{{{name}}}", text)
    return template


def _outcomes(cases: Iterable[Case], resource: str) -> Outcomes:
    found: Outcomes = {}
    for case in cases:
        if case.resource == resource:
            found.setdefault(case.edit, {})[case.kind] = case.outcome
    return found


def _worse(outcomes: Outcomes) -> Outcomes:
    """Return the edits that replace with a choice and not with the default of the same kind."""
    return {
        edit: kinds
        for edit, kinds in outcomes.items()
        if any(
            kinds.get(choice) == "replaced" and kinds.get(choice.split("/")[0]) != "replaced"
            for choice in _CHOICES
        )
    }


def _without_pods(outcomes: Outcomes) -> Outcomes:
    return {edit: kinds for edit, kinds in outcomes.items() if not edit.startswith(_POD)}


def _pods(outcomes: Outcomes) -> str:
    by_outcome: dict[str, list[str]] = {}
    for edit, kinds in outcomes.items():
        if edit.startswith(_POD):
            by_outcome.setdefault(kinds["eks"], []).append(f"`{edit.removeprefix(_POD)}")
    return "\n".join(
        f"- {_word(outcome)}: {', '.join(sorted(found))}" for outcome, found in by_outcome.items()
    )


def _table(outcomes: Outcomes, columns: dict[str, str]) -> str:
    rows = [
        _row(edit, [_word(kinds.get(kind)) for kind in columns]) for edit, kinds in sorted(outcomes.items())
    ]
    head = [_row("Edit", list(columns.values())), _row("---", ["---"] * len(columns))]
    return "\n".join([*head, *rows])


def _word(outcome: str | None) -> str:
    return _WORDS.get(outcome, outcome) if outcome else _NO_ARGUMENT


def _row(first: str, rest: Sequence[str]) -> str:
    return f"| {first} | {' | '.join(rest)} |"
