"""batchyard package."""

from __future__ import annotations

from batchyard.cli.options import DryRun, EnvironmentName, OutputFormat, new_app
from batchyard.output import Output

app = new_app()


@app.command()
def package(
    environment: EnvironmentName = "local", output: OutputFormat = "text", dry_run: DryRun = False
) -> None:
    """Build the functions' zip files."""
    from batchyard.package import package
    from batchyard.paths import build_dir

    out, built = Output(output), package(environment, dry_run=dry_run)
    folder = build_dir(environment) / "functions"
    documents = [
        {
            "function": name,
            "zip": str(folder / f"{name}.zip"),
            "bytes": len(each.content),
            "sha256Base64": each.sha256_base64,
        }
        for name, each in built.items()
    ]
    if dry_run:
        out.line("would write:")
    out.table(
        ("function", "bytes", "zip"), [(item["function"], item["bytes"], item["zip"]) for item in documents]
    )
    out.data({"dryRun": dry_run, "functions": documents})
