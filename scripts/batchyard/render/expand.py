"""Groups of states: one entry of a template that stands for several states.

A building block returns `{"Group": {"@": ..., "@.Wait": ..., ...}}`; `@` is its name in the template.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchyard.errors import ManifestError
from batchyard.render.limits import LENGTHS
from batchyard.render.transitions import SELF

GROUP = "Group"
_JOB_NAME_PART = 47  # what AWS Batch's 128 characters leave beside an execution's name of 80 and a hyphen


def expand(machine: dict[str, Any], where: str) -> dict[str, Any]:
    """Return a machine with its groups replaced by their states.

    Args:
        machine: an ASL document with groups anywhere that states may be.
        where: the template, for messages.

    Raises:
        ManifestError: two states would have one name, or a name is too long.
    """
    names: set[str] = set()
    expanded: dict[str, Any] = _machine(machine, names, where)
    return expanded


def _machine(machine: Any, names: set[str], where: str) -> Any:  # noqa: ANN401
    """Expand a machine, a branch or an item processor; what has another shape is left to the linter."""
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(states, dict):
        return machine
    expanded: dict[str, Any] = {}
    for name, state in ((name, state) for key, each in states.items() for name, state in _states(key, each)):
        if name in names:
            fix = "names are unique in the whole machine; building blocks add <name>.<step> and <name>Failed"
            raise ManifestError(f"two states are named {name}", where=where, fix=fix)
        if len(name) > LENGTHS["state"]:
            what = f"state name {name} has {len(name)} characters, at most {LENGTHS['state']}"
            raise ManifestError(what, where=where, fix="shorten it")
        names.add(name)
        expanded[name] = _nested(state, names, where)
    return {**machine, "States": expanded}


def _states(key: str, state: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    if not isinstance(state, dict) or GROUP not in state:
        yield key, state
        return
    for name, each in state[GROUP].items():
        yield _name(name, key), _renamed(each, key)


def _nested(state: Any, names: set[str], where: str) -> Any:  # noqa: ANN401
    if not isinstance(state, dict):
        return state
    found = dict(state)
    for field in ("ItemProcessor", "Iterator"):
        if field in found:
            found[field] = _machine(found[field], names, where)
    if isinstance(found.get("Branches"), list):
        found["Branches"] = [_machine(branch, names, where) for branch in found["Branches"]]
    return found


def _renamed(state: dict[str, Any], key: str) -> dict[str, Any]:
    """Put the group's name into a state's transitions and into the name of the job that it submits."""
    found = dict(state)
    for field in ("Next", "Default"):
        if field in found:
            found[field] = _name(found[field], key)
    for field in ("Choices", "Catch"):
        if field in found:
            found[field] = [{**rule, "Next": _name(rule["Next"], key)} for rule in found[field]]
    if "Arguments" in found:
        found["Arguments"] = _job_named(found["Arguments"], key)
    return found


def _name(name: str, key: str) -> str:
    return key + name.removeprefix(SELF) if name.startswith(SELF) else name


def _job_named(arguments: dict[str, Any], key: str) -> dict[str, Any]:
    part = "".join(
        letter if letter.isalnum() and letter.isascii() else "-" for letter in key[:_JOB_NAME_PART]
    )
    found = dict(arguments)
    for field in ("JobName", "jobName"):
        if field in found:
            found[field] = found[field].replace(f"'{SELF}-'", f"'{part}-'", 1)
    if "Payload" in found:
        found["Payload"] = _job_named(found["Payload"], key)
    return found
