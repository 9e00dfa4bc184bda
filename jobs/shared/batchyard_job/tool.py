"""The tool behind a step, as data: tool.yaml says what goes in, what comes out and by which command lines."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any

from batchyard_job.errors import BadInputError

Values = Mapping[str, str]


@dataclass(frozen=True)
class Input:
    """One input file.

    Args:
        flag: the argument that holds its URI.
        kind: `fastq`, `fasta`, `bam`, `vcf` or `gff`: how it is checked before the tool runs.
        companions: suffixes of files that may lie beside it (indexes); fetched where they are there.
    """

    flag: str
    kind: str
    companions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """One command: processes connected by pipes.

    Args:
        pipe: argument lists with placeholders, each reading what the one before writes. An executable that
            starts with `@` is bundled with this library, such as `@samtools`.
        stdout: the file that the last one's output goes to; empty for the log.
        unless: a file that makes the command needless where it exists already; empty for none.
    """

    pipe: tuple[tuple[str, ...], ...]
    stdout: str = ""
    unless: str = ""

    def argv(self, values: Values) -> list[list[str]]:
        """Return the argument lists with placeholders filled in; no shell ever sees them."""
        return [_fill(arguments, values) for arguments in self.pipe]


@dataclass(frozen=True)
class Tool:
    """One way to do the step.

    Args:
        name: what `--tool` or the variable TOOL calls it.
        commands: run in order, in the working directory.
        layout: input name -> path below the working directory, where the tool wants a certain name.
        produced: result file name -> path that the tool writes; default `out/<result file name>`.
    """

    name: str
    commands: tuple[Command, ...]
    layout: Mapping[str, str] = field(default_factory=dict)
    produced: Mapping[str, str] = field(default_factory=dict)

    def uses(self, executable: str) -> bool:
        """Say whether an executable is named in any of the commands."""
        return any(argv[0] == executable for command in self.commands for argv in command.pipe)


@dataclass(frozen=True)
class Step:
    """A step of a workflow: its inputs, its results and its tools."""

    name: str
    inputs: Mapping[str, Input]
    folder_flag: str
    results: tuple[str, ...]
    default: str
    tools: Mapping[str, Tool]

    @property
    def required_flags(self) -> list[str]:
        return [*(item.flag for item in self.inputs.values()), self.folder_flag]

    def tool(self, name: str | None) -> Tool:
        """Return the tool of that name, or the default.

        Raises:
            BadInputError: there is none of that name.
        """
        chosen = name or self.default
        if chosen not in self.tools:
            raise BadInputError(
                f"{self.name} has no tool {chosen!r}; it has: {', '.join(sorted(self.tools))}"
            )
        return self.tools[chosen]


def load(path: Path) -> Step:
    """Read a tool.yaml.

    Raises:
        BadInputError: it is not of the form that this module describes.
    """
    import yaml

    try:
        data = yaml.safe_load(path.read_text())
        return Step(
            name=data["step"],
            inputs={name: _input(item) for name, item in data["inputs"].items()},
            folder_flag=data["results"]["folder"],
            results=tuple(data["results"]["files"]),
            default=data["default"],
            tools={name: _tool(name, item) for name, item in data["tools"].items()},
        )
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise BadInputError(f"{path.name}: not a tool description: {error!r}") from error


def _input(data: Mapping[str, Any]) -> Input:
    return Input(data["flag"], data["kind"], tuple(data.get("companions", ())))


def _tool(name: str, data: Mapping[str, Any]) -> Tool:
    commands = tuple(_command(item) for item in data["commands"])
    return Tool(name, commands, data.get("layout", {}), data.get("produced", {}))


def _command(data: Mapping[str, Any]) -> Command:
    pipe: Sequence[Sequence[Any]] = data["pipe"] if "pipe" in data else [data["run"]]
    argvs = tuple(tuple(str(part) for part in argv) for argv in pipe)
    return Command(argvs, data.get("stdout", ""), data.get("unless", ""))


def _fill(arguments: Sequence[str], values: Values) -> list[str]:
    filled: list[str] = []
    for argument in arguments:
        if argument == "{cmd_args}":  # the one placeholder that is several arguments, or none
            filled += split(values["cmd_args"])
        else:
            filled.append(fill(argument, values))
    return filled


def fill(text: str, values: Values) -> str:
    """Fill in `{placeholders}`.

    Raises:
        BadInputError: one has no value.
    """
    wanted = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    unknown = wanted - values.keys()
    if unknown:
        raise BadInputError(
            f"unknown placeholder {sorted(unknown)} in {text!r}; known: {', '.join(sorted(values))}"
        )
    return text.format_map(values)


def split(cmd_args: str) -> list[str]:
    """Split further arguments as a shell would.

    Raises:
        BadInputError: a quote is not closed.
    """
    try:
        return shlex.split(cmd_args)
    except ValueError as error:
        raise BadInputError(f"--cmd_args {cmd_args!r}: {error}") from error
