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
        int | None,
        typer.Option(
            "--port",
            min=1,
            max=65535,
            help="By default the last one used, then 4566, then any free one.",
        ),
    ] = None,
    enforce_iam: Annotated[
        bool | None,
        typer.Option(
            "--enforce-iam/--no-enforce-iam",
            help="Refuse what roles do not allow. By default as the last time; at first, no.",
        ),
    ] = None,
    executor: Annotated[
        Executor | None,
        typer.Option("--executor", help="How jobs run. By default as the last time; at first, process."),
    ] = None,
    output: OutputFormat = "text",
    dry_run: DryRun = False,
) -> None:
    """Start it, unless it runs already."""
    from batchyard.local import control

    out, running = Output(output), control.status()
    if dry_run:
        enforced, how = control.settings(running, enforce_iam, executor)
        fits = running is not None and running.fits(port=port, enforce_iam=enforced, executor=how)
        verb, where = "restart" if running else "start", f" on port {port}" if port else ""
        would(out, *([] if fits else [f"{verb} the local environment{where}{_unusual(enforced, how)}"]))
        return
    server = control.up(port=port, enforce_iam=enforce_iam, executor=executor)
    out.line(f"{'already up' if server == running else 'up'}: {_said(server)}")
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
    """Say whether it runs, and where; exit 1 if it does not, or a part of it has failed."""
    from batchyard.local import control

    out, server = Output(output), control.status()
    failure = control.failure(server) if server else None
    out.line(f"running: {_said(server)}" if server else "not running")
    if failure:
        out.line(f"failed: {failure} (batchyard local logs); start it anew: batchyard local down, then up")
    out.data(_document(server) | ({"failure": failure} if server else {}))
    if server is None or failure:
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
    from datetime import UTC, datetime

    if server is None:
        return {"running": False}
    started = datetime.fromtimestamp(server.started, UTC).isoformat(timespec="milliseconds")
    return {"running": True, **asdict(server), "started": started}


def _said(server: Any) -> str:  # noqa: ANN401
    where = f"{server.endpoint} (process {server.pid})"
    return where + _unusual(server.enforce_iam, server.executor)


def _unusual(enforce_iam: bool, executor: str) -> str:
    """Return what is worth a word of a server's settings: whatever is not the default."""
    enforced = ", IAM enforced" if enforce_iam else ""
    return enforced + (f", executor {executor}" if executor != "process" else "")
