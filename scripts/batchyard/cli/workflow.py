"""batchyard workflow list|show|graph."""

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
from batchyard.output import Output

app = new_app("List, show and draw workflows.")

Name = Annotated[
    str, typer.Argument(metavar="WORKFLOW", help="Its folder, or the name that it is deployed under.")
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
