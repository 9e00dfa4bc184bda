"""The verbs and the help that lists them; it imports next to nothing, so that asking costs nothing."""

from __future__ import annotations

from collections.abc import Sequence

# verb -> what it does; the verb's module in this folder has an `app` with the same help
VERBS = {
    "local": "Start, stop and look at the environment on this machine.",
    "env": "List, show and draw environments.",
    "workflow": "List, show, draw and test workflows.",
    "render": "Render workflows into bundles for Terraform.",
    "lint": "Check rendered workflows.",
    "package": "Build the functions' zip files.",
    "images": "Build the jobs' container images.",
    "plan": "Plan an environment with Terraform and save the plan.",
    "gate": "Show what the saved plan would change, destroys first.",
    "apply": "Apply the saved plan.",
    "destroy": "Destroy all that Terraform made in an environment.",
    "smoke": "Check what is deployed, and run each workflow on its smoke data.",
    "run": "Start runs, list them, and look at them.",
}
OPTIONS = {
    "--version": "Show the version.",
    "-v, --verbose": "Say more; twice for all.",
    "-h, --help": "Show this message.",
}
HELP_FLAGS = ("-h", "--help")


def quick_answer(arguments: Sequence[str]) -> str | None:
    """Return the answer to a lone `--help` or `--version`, or None for anything else."""
    if len(arguments) != 1:
        return None
    if arguments[0] in HELP_FLAGS:
        return help_text()
    return version_text() if arguments[0] == "--version" else None


def version_text() -> str:
    """Return the name and version of this package."""
    from batchyard import __version__

    return f"batchyard {__version__}"


def help_text() -> str:
    """Return the help of `batchyard` itself."""
    return "\n".join(
        [
            "Usage: batchyard [OPTIONS] VERB [ARGS]...",
            "",
            "  Batch workflows on AWS: rendered, applied with Terraform, tested and run;",
            "  on one machine, too.",
            "",
            "Options:",
            *_listed(OPTIONS),
            "",
            "Verbs (batchyard VERB --help tells more):",
            *_listed(VERBS),
            "",
            "Environment: --env NAME, or the variable BATCHYARD_ENV; local by default.",
            "With --output json, standard output has one JSON document, or nothing if the",
            "command could not do its work. Errors and progress go to standard error.",
            "Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 a bug, 130 interrupted.",
        ]
    )


def _listed(words: dict[str, str]) -> list[str]:
    width = max(map(len, words))
    return [f"  {name:<{width}}  {text}" for name, text in words.items()]
