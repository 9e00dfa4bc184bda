"""batchyard workflow list|show|graph|test."""

from __future__ import annotations

from typing import Annotated

import typer

from batchyard.cli.options import (
    AnyEnvironment,
    EnvironmentName,
    OutputFormat,
    PictureFile,
    PictureForm,
    load,
    new_app,
    put_picture,
)
from batchyard.errors import UsageError
from batchyard.output import Output

app = new_app("List, show, draw and test workflows.")

Name = Annotated[
    str, typer.Argument(metavar="WORKFLOW", help="Its folder, or the name that it is deployed under.")
]

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[WORKFLOW]...", help="Their folders; all that have cases.")
]
Every = Annotated[bool, typer.Option("--all", help="All workflows that have cases.")]
Pattern = Annotated[str, typer.Option("--case", metavar="GLOB", help="Only cases, or FILE/CASE, like this.")]
LeastCoverage = Annotated[
    float, typer.Option("--coverage-min", metavar="PERCENT", min=0, max=100, help="Fail below this.")
]


@app.command("list")
def list_(
    environment: AnyEnvironment = None,
    output: OutputFormat = "text",
) -> None:
    """List the workflows and where they are deployed."""
    from batchyard.render.catalogue import workflows

    out, found = Output(output), workflows(environment=environment)
    rows = [
        (
            item["name"],
            ", ".join(item["jobs"]),
            ", ".join(f"{at['environment']}/{at['name']}" for at in item["deployed"]) or "-",
            item["description"],
        )
        for item in found
    ]
    out.table(("workflow", "jobs", "deployed", "description"), rows)
    out.data(found)


@app.command()
def show(name: Name, environment: AnyEnvironment = None, output: OutputFormat = "text") -> None:
    """Show a workflow's manifest and where it is deployed."""
    import json

    from batchyard.render.catalogue import workflow

    out, document = Output(output), workflow(load(environment).folder_of(name) if environment else name)
    if environment:
        document["deployed"] = [at for at in document["deployed"] if at["environment"] == environment]
    out.line(json.dumps(document, indent=2))
    out.data(document)


@app.command()
def graph(
    name: Annotated[str, typer.Argument(metavar="WORKFLOW", help="The name that it is deployed under.")],
    environment: EnvironmentName = "local",
    form: PictureForm = "mermaid",
    file: PictureFile = None,
) -> None:
    """Draw a workflow's state machine."""
    from batchyard.graph import render_graph
    from batchyard.render.bundles import Sources, rendered

    found = rendered(load(environment), name, Sources())
    put_picture(Output(), render_graph(found.definition, form, title=name), file)


@app.command("test")
def run_cases(
    names: Names = None,
    every: Every = False,
    case: Pattern = "*",
    environment: EnvironmentName = "local",
    coverage_min: LeastCoverage = 0,
    output: OutputFormat = "text",
) -> None:
    """Run workflows' test cases on mocked tasks, in virtual time."""
    from batchyard.workflow_test import report
    from batchyard.workflow_test.coverage import KINDS
    from batchyard.workflow_test.suite import run_workflow
    from batchyard.workflow_test.variant import Variants

    out, variants, reports = Output(output), Variants(), []
    for name in _chosen(names, every):
        found = run_workflow(
            name,
            pattern=case,
            environment=environment,
            tell=lambda result: out.line("\n".join(report.case_lines(result))),
            variants=variants,
        )
        reports.append(found)
        out.line(report.summary(found))
        out.table(("coverage", *KINDS), report.coverage_rows(found))
        for line in report.missing_lines(found) if case == "*" else ():  # some cases alone leave most out
            out.line(line)
        if found.percent < coverage_min:
            out.error(f"{name}: coverage is {found.percent:g} %, and at least {coverage_min:g} % is asked")
    out.data(report.document(reports))
    if any(each.failed or each.percent < coverage_min for each in reports):
        raise typer.Exit(1)


def _chosen(names: list[str] | None, every: bool) -> list[str]:
    from batchyard.workflow_test.loading import workflows_with_tests

    if names and every:
        raise UsageError("workflows are named, and --all is given", fix="one of both")
    found = names or workflows_with_tests()
    if not found:
        raise UsageError("no workflow has test cases", fix="write templates/workflows/<name>/tests/*.yaml")
    return found
