"""batchyard lint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchyard.cli.options import EnvironmentName, OutputFormat, load, new_app
from batchyard.output import Output

if TYPE_CHECKING:
    from batchyard.asl import Source
    from batchyard.lint import Finding

app = new_app()


@app.command()
def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(help="ASL documents instead, in JSON or YAML.")
    ] = None,
    environment: EnvironmentName = "local",
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")] = False,
    output: OutputFormat = "text",
) -> None:
    """Check rendered workflows."""
    from batchyard.lint import report

    out, findings = Output(output), _of_files(files) if files else _of_environment(environment)
    document = report(findings)
    for finding in findings:
        out.line(finding.line())
    out.line(f"{_count(document['errors'], 'error')}, {_count(document['warnings'], 'warning')}")
    out.data(document)
    if document["errors"] or (strict and document["warnings"]):
        raise typer.Exit(1)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _of_environment(environment: str) -> list[Finding]:
    """Lint what an environment deploys as it would be rendered now."""
    from batchyard.lint import lint_bundle
    from batchyard.render.bundles import Sources, rendered

    where, sources = load(environment), Sources()
    found = (rendered(where, workflow, sources) for workflow in sorted(where.workflows))
    return [finding for each in found for finding in lint_bundle(each.bundle, each.definition)]


def _of_files(files: list[Path]) -> list[Finding]:
    from batchyard.lint import lint_state_machine

    return [finding for path in files for finding in lint_state_machine(_parsed(path), source=str(path))]


def _parsed(path: Path) -> Source:
    from batchyard.asl import source
    from batchyard.errors import ManifestError, UsageError

    if path.suffix == ".j2":
        fix = "batchyard lint --env <name> renders the workflows of an environment and lints them"
        raise UsageError("a template, which is no definition yet", where=str(path), fix=fix)
    try:
        return source.parse(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise UsageError(f"can not be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise ManifestError("not UTF-8", where=str(path), fix="save it as UTF-8") from error
