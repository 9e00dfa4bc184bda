"""batchyard env list|show|graph."""

from __future__ import annotations

from typing import Annotated

import typer

from batchyard.cli.options import (
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

app = new_app("List, show and draw environments.")
Name = Annotated[str | None, typer.Argument(metavar="[ENVIRONMENT]", help="Its name; the same as --env.")]
_LISTED = {"environment", "account_id", "region", "workflows"}


@app.command("list")
def list_(output: OutputFormat = "text") -> None:
    """List the environments."""
    from batchyard.environments import available

    out, found = Output(output), [load(name) for name in available()]
    rows = [(item.environment, item.account_id, item.region, ", ".join(item.workflows)) for item in found]
    out.table(("environment", "account", "region", "workflows"), rows)
    out.data([item.model_dump(mode="json", include=_LISTED) for item in found])


@app.command()
def show(
    context: typer.Context,
    name: Name = None,
    environment: EnvironmentName = "local",
    output: OutputFormat = "text",
    outputs: Annotated[bool, typer.Option("--outputs", help="Terraform's outputs instead.")] = False,
    variables: Annotated[
        bool, typer.Option("--variables", help="Shell variables with which any AWS client reaches it.")
    ] = False,
) -> None:
    """Show one environment."""
    out, where = Output(output), load(_chosen(context, name, environment))
    document = where.model_dump(mode="json")
    if outputs:
        from batchyard.terraform.queries import outputs as terraform_outputs

        document = terraform_outputs(where)
    if variables:
        from batchyard.aws import credentials

        document = credentials(where)
        for name, value in document.items():
            out.line(f"export {name}={value}")
    else:
        import json

        out.line(json.dumps(document, indent=2))
    out.data(document)


@app.command()
def graph(
    context: typer.Context,
    name: Name = None,
    environment: EnvironmentName = "local",
    form: PictureForm = "svg",
    file: PictureFile = None,
) -> None:
    """Draw an environment: what it holds, and what uses what."""
    from batchyard.graph import draw
    from batchyard.graph.environment import environment_graph
    from batchyard.render.bundles import Sources, rendered

    where, sources = load(_chosen(context, name, environment)), Sources()
    bundles = [rendered(where, workflow, sources).bundle for workflow in sorted(where.workflows)]
    put_picture(Output(), draw(environment_graph(where, bundles), form), file)


def _chosen(context: typer.Context, name: str | None, option: str) -> str:
    """Return the environment that is named as an argument, by --env, or by the variable."""
    source = context.get_parameter_source("environment")
    if name and source and source.name == "COMMANDLINE" and name != option:
        raise UsageError(f"two environments: {name}, and --env {option}", fix="name one of them")
    return name or option
