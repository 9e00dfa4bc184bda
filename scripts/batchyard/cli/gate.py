"""batchyard gate."""

from __future__ import annotations

from batchyard.cli.options import EnvironmentName, OutputFormat, load, new_app
from batchyard.output import Output

app = new_app()


@app.command()
def gate(environment: EnvironmentName = "local", output: OutputFormat = "text") -> None:
    """Show what the saved plan would change, destroys first."""
    from batchyard.terraform.saved import summary

    out, found = Output(output), summary(load(environment))
    for line in found.lines():
        out.line(line)
    out.data(found.document())
