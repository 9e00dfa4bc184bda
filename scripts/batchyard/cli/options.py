"""Options that many verbs share, and the application object that each verb makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from batchyard.errors import UsageError
from batchyard.output import Format, Output

if TYPE_CHECKING:
    from batchyard.environments import Environment

EnvironmentName = Annotated[
    str, typer.Option("--env", "-e", envvar="BATCHYARD_ENV", metavar="NAME", help="The environment.")
]
AnyEnvironment = Annotated[
    str | None,
    typer.Option("--env", "-e", envvar="BATCHYARD_ENV", metavar="NAME", help="Only what it deploys."),
]
OutputFormat = Annotated[
    Format, typer.Option("--output", "-o", help="For people, or one JSON document (none after an error).")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
PictureForm = Annotated[Literal["mermaid", "svg"], typer.Option("--form", "-f", help="Text, or a picture.")]
PictureFile = Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Write it there.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def new_app(help_text: str | None = None) -> typer.Typer:
    """Return the application of a verb; one with sub-verbs has a help text of its own."""
    return typer.Typer(
        help=help_text,
        add_completion=False,
        no_args_is_help=help_text is not None,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def load(environment: str) -> Environment:
    """Return an environment by name."""
    from batchyard import environments

    return environments.load(environment)


def would(output: Output, *actions: str) -> None:
    """Print what a dry run would do, as lines and as a document."""
    for action in actions:
        output.line(f"would {action}")
    output.data({"dryRun": True, "would": list(actions)})


def put_picture(output: Output, picture: str, file: Path | None) -> None:
    """Print a picture, or write it to a file."""
    if file is None:
        output.line(picture.rstrip("\n"))
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(picture)
    except OSError as error:
        raise UsageError(f"can not be written: {error.strerror}", where=str(file)) from error
    output.note(f"wrote {file}")
