"""batchyard local up|down|status|reset|logs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from batchyard.cli.options import DryRun, OutputFormat, Yes, new_app, would
from batchyard.output import Output

app = new_app("Start, stop and look at the environment on this machine.")

Executor = Literal["process", "container", "simulated"]


@app.command()
def up(
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="A free one by default.")
    ] = None,
    enforce_iam: Annotated[
        bool, typer.Option("--enforce-iam", help="Refuse what roles do not allow.")
    ] = False,
    executor: Annotated[Executor, typer.Option("--executor", help="How jobs run.")] = "process",
    output: OutputFormat = "text",
    dry_run: DryRun = False,
) -> None:
    """Start it, unless it runs already."""
    from batchyard.local import control

    out, running = Output(output), control.status()
    if dry_run:
        would(out, *([] if running else [f"start the local environment with executor {executor}"]))
        return
    server = control.up(port=port, enforce_iam=enforce_iam, executor=executor)
    out.line(f"{'already up' if server == running else 'up'}: {server.endpoint} (process {server.pid})")
    out.data(_document(server))


@app.command()
def down(output: OutputFormat = "text", dry_run: DryRun = False) -> None:
    """Stop it; its state stays for the next start."""
    from batchyard.local import control

    out, running = Output(output), control.status()
    if dry_run:
        would(out, *([f"stop process {running.pid}"] if running else []))
        return
    control.down()
    out.line("down" if running else "it was not running")
    out.data(_document(None))


@app.command()
def status(output: OutputFormat = "text") -> None:
    """Say whether it runs, and where; exit 1 if it does not."""
    from batchyard.local import control

    out, server = Output(output), control.status()
    out.line(f"running: {server.endpoint} (process {server.pid})" if server else "not running")
    out.data(_document(server))
    if server is None:
        raise typer.Exit(1)


@app.command()
def reset(output: OutputFormat = "text", dry_run: DryRun = False, yes: Yes = False) -> None:
    """Forget all resources, objects, jobs and Terraform's state of it."""
    from batchyard.local import control
    from batchyard.paths import local_dir

    out = Output(output)
    if dry_run:
        would(out, f"forget everything under {local_dir()}")
        return
    if not yes:
        typer.confirm(f"Forget everything under {local_dir()}?", abort=True, err=True)
    control.reset()
    out.line("reset")
    out.data(_document(control.status()))


@app.command()
def logs(
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last.")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Show what its server wrote."""
    from batchyard.local import control

    out = Output()
    for line in control.logs(lines, follow):
        out.line(line.rstrip("\n"))


def _document(server: Any | None) -> dict[str, Any]:  # noqa: ANN401 - the server's record
    from dataclasses import asdict

    return (
        {"running": False}
        if server is None
        else {"running": True, "endpoint": server.endpoint, **asdict(server)}
    )
