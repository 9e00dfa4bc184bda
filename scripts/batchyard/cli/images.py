"""batchyard images build."""

from __future__ import annotations

from typing import Annotated

import typer

from batchyard.cli.options import DryRun, EnvironmentName, OutputFormat, load, new_app
from batchyard.output import Output

app = new_app("Build the jobs' container images.")


@app.callback()
def images() -> None:
    """Build the jobs' container images."""


@app.command()
def build(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[IMAGE]...", help="Which; all by default.")
    ] = None,
    environment: EnvironmentName = "local",
    push: Annotated[bool, typer.Option("--push", help="Push them to the environment's registry.")] = False,
    base_digest: Annotated[
        str, typer.Option("--base-digest", help="sha256:... that the base must have.")
    ] = "",
    output: OutputFormat = "text",
    dry_run: DryRun = False,
) -> None:
    """Build images with docker or podman."""
    from batchyard.images import build
    from batchyard.paths import project_root

    out = Output(output)
    built = build(
        names or [],
        project_root=project_root(),
        output=out,
        environment=load(environment),
        push=push,
        base_digest=base_digest,
        dry_run=dry_run,
    )
    rows = [(image.name, image.uri, "yes" if image.pushed else "no") for image in built]
    out.table(("image", "uri", "pushed"), rows)
    out.data([{"image": image.name, "uri": image.uri, "pushed": image.pushed} for image in built])
