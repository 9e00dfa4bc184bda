"""Which fields each type of state has, in which query language, and which of them exclude each other.

Sources: https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html, the pages of the
state types below it, and https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from collections.abc import Collection

from batchyard.asl.states import TERMINAL_TYPES, Language, State
from batchyard.asl.validate.diagnostics import Kind, Report, listed
from batchyard.asl.walk import pointer

_COMMON = "Type Comment QueryLanguage"
_FLOW = f"{_COMMON} Next End InputPath OutputPath Assign Output"
_TOLERATED = " ".join(
    f"ToleratedFailure{each}" for each in ("Percentage", "PercentagePath", "Count", "CountPath")
)
# Fields of a Map whose items run as executions of their own.
DISTRIBUTED = frozenset(["ItemReader", "ItemBatcher", "ResultWriter", "Label", *_TOLERATED.split()])
FIELDS: dict[str, frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        "Task": f"{_FLOW} Resource Parameters Arguments ResultSelector ResultPath Retry Catch Credentials "
        "TimeoutSeconds TimeoutSecondsPath HeartbeatSeconds HeartbeatSecondsPath",
        "Parallel": f"{_FLOW} Branches Parameters Arguments ResultSelector ResultPath Retry Catch",
        "Map": f"{_FLOW} ItemProcessor Iterator Items ItemsPath ItemSelector Parameters ItemReader "
        f"ItemBatcher ResultWriter ResultSelector ResultPath Retry Catch MaxConcurrency MaxConcurrencyPath "
        f"Label {_TOLERATED}",
        "Pass": f"{_FLOW} Result ResultPath Parameters",
        "Wait": f"{_FLOW} Seconds SecondsPath Timestamp TimestampPath",
        "Choice": f"{_COMMON} Choices Default InputPath OutputPath Assign Output",
        "Succeed": f"{_COMMON} InputPath OutputPath Output",
        "Fail": f"{_COMMON} Error ErrorPath Cause CausePath",
    }.items()
}
_ONLY: dict[str, Language] = {
    **dict.fromkeys(("Arguments", "Output", "Items", "Condition"), "JSONata"),
    **dict.fromkeys(
        (
            *("InputPath", "OutputPath", "ResultPath", "ResultSelector", "Parameters", "Result", "Variable"),
            *("ItemsPath", "TimeoutSecondsPath", "HeartbeatSecondsPath", "SecondsPath", "TimestampPath"),
            *("MaxConcurrencyPath", "ErrorPath", "CausePath", "ToleratedFailurePercentagePath"),
            *(
                "ToleratedFailureCountPath",
                "MaxItemsPath",
                "MaxItemsPerBatchPath",
                "MaxInputBytesPerBatchPath",
            ),
        ),
        "JSONPath",
    ),
}
_REQUIRED: dict[str, tuple[str, Kind]] = {
    "Task": ("Resource", "resource"),
    "Parallel": ("Branches", "container"),
    "Choice": ("Choices", "default"),
}
_PAIRS = ("TimeoutSeconds", "HeartbeatSeconds", "MaxConcurrency", "Error", "Cause")
EXCLUSIVE = [(name, f"{name}Path") for name in (*_PAIRS, *_TOLERATED.split()[::2])]
_WAITS = {
    "JSONPath": ("SecondsPath", "Seconds", "TimestampPath", "Timestamp"),
    "JSONata": ("Seconds", "Timestamp"),
}


def check(report: Report, state: State) -> None:
    """Check which fields a state has, not what they hold."""
    known(report, state, state.body.keys(), FIELDS[state.type], state.path)
    if state.type in _REQUIRED:
        name, about = _REQUIRED[state.type]
        required(report, state.body.keys(), [name], state.path, about)
    for pair in EXCLUSIVE:
        only_one(report, state.body.keys(), pair, state.path)
    if state.type == "Wait":
        exactly_one(report, state.body.keys(), _WAITS[state.language], state.path)
    if state.type not in ("Choice", *TERMINAL_TYPES):
        _ends(report, state)


def known(report: Report, state: State, names: Collection[str], allowed: frozenset[str], path: str) -> None:
    """Report fields that do not exist here, or not in the query language in force."""
    for name in names:
        only = _ONLY.get(name)
        if name not in allowed:
            kind: Kind = "two-ends" if name in ("Next", "End") and path == state.path else "field"
            report.error(kind, f"Field '{name}' is not supported", pointer(path, name), at=path)
        elif only not in (None, state.language):
            message = (
                f"The QueryLanguage is set to '{state.language}', but field '{name}' is only supported for "
                f"the '{only}' QueryLanguage"
            )
            report.error("language", message, pointer(path, name), at=path)


def required(
    report: Report, names: Collection[str], wanted: list[str], path: str, kind: Kind = "required"
) -> bool:
    """Report fields that are missing; say whether all are there."""
    missing = [name for name in wanted if name not in names]
    if missing:
        report.error(kind, f"These fields are required: {listed(missing)}", path)
    return not missing


def only_one(report: Report, names: Collection[str], of: tuple[str, ...], path: str) -> None:
    """Report fields that exclude each other."""
    found = [name for name in of if name in names]
    if len(found) > 1:
        message = f"There should only be one of the following fields: {listed(of)}"
        report.error("exclusive", message, pointer(path, found[-1]), at=path)


def exactly_one(report: Report, names: Collection[str], of: tuple[str, ...], path: str) -> None:
    """Report that none or several are there of fields of which there has to be one."""
    only_one(report, names, of, path)
    if not any(name in names for name in of):
        report.error(
            "required", f"This object should have only one of the following fields: {listed(of)}", path
        )


def _ends(report: Report, state: State) -> None:
    ends = state.body.get("End") is True
    if "Next" in state.body and ends:
        report.error("two-ends", "There should only be one of the following fields: [Next, End]", state.path)
    elif "Next" not in state.body and not ends:
        report.error(
            "end", "This object should have only one of the following fields: [Next, End]", state.path
        )
