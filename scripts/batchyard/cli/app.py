"""The command `batchyard`: its verbs, each imported only when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from batchyard.cli.verbs import HELP_FLAGS, OPTIONS, VERBS, help_text, version_text
from batchyard.errors import BatchyardError, UsageError
from batchyard.output import Output


class _Verbs(TyperGroup):
    """A group that imports a verb's module only for that verb."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002
        if cmd_name not in VERBS:
            return None
        command = get_command(importlib.import_module(f"batchyard.cli.{cmd_name}").app)
        command.name = cmd_name
        return command

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401, ARG002
        return help_text()


app = typer.Typer(
    cls=_Verbs,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": list(HELP_FLAGS)},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        Output().line(version_text())
        raise typer.Exit


@app.callback()
def batchyard(
    version: Annotated[  # noqa: ARG001 - its callback prints and ends
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help=OPTIONS["--version"])
    ] = False,
    verbose: Annotated[
        int, typer.Option("--verbose", "-v", count=True, show_default=False, help=OPTIONS["-v, --verbose"])
    ] = 0,
) -> None:
    """Batch workflows on AWS: rendered, applied with Terraform, tested and run; on one machine, too."""
    if verbose:
        import logging

        logging.basicConfig(level=logging.DEBUG if verbose > 1 else logging.INFO)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; all errors pass through.

    Raises:
        UsageError: the arguments make no sense.
        BatchyardError: a question was not answered with yes.
    """
    try:
        code = get_command(app)(args=arguments, prog_name="batchyard", standalone_mode=False)
    except typer.TyperException as error:
        if error.format_message().startswith("Usage:"):  # a group without a verb: its help is the answer
            Output().note(error.format_message())
            return error.exit_code
        raise _usage(error.format_message(), arguments) from error
    except typer.Abort as error:
        raise BatchyardError(
            "not confirmed, so nothing was done", fix="pass --yes to do it unasked"
        ) from error
    return code if isinstance(code, int) else 0


def _usage(message: str, arguments: Sequence[str]) -> UsageError:
    """Return the error of wrong arguments, which names the help of the verb that was called."""
    words = ["batchyard"]
    command: Any = get_command(app)
    for word in (word for word in arguments if not word.startswith("-")):
        group = isinstance(command, TyperGroup)
        command = command.get_command(typer.Context(command), word) if group else None
        if command is None:
            break
        words.append(word)
    return UsageError(message.rstrip("."), fix=f"see {' '.join(words)} --help")
