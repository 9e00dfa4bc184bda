"""Which fields belong to which state and query language: BY011, BY301.

Sources: https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html and
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from collections.abc import Iterator

from batchyard import asl
from batchyard.lint.registry import Hit, Subject, at, rule

_COMMON = "Type Comment QueryLanguage"
_FLOW = f"{_COMMON} Next End InputPath OutputPath Assign Output"
_TOLERATED = " ".join(
    f"ToleratedFailure{what}" for what in ("Percentage", "PercentagePath", "Count", "CountPath")
)
FIELDS: dict[str, frozenset[str]] = {
    kind: frozenset(text.split())
    for kind, text in {
        "Task": f"{_FLOW} Resource Parameters Arguments ResultSelector ResultPath Retry Catch Credentials "
        "TimeoutSeconds TimeoutSecondsPath HeartbeatSeconds HeartbeatSecondsPath",
        "Parallel": f"{_FLOW} Branches Parameters Arguments ResultSelector ResultPath Retry Catch",
        "Map": f"{_FLOW} ItemProcessor Iterator Items ItemsPath ItemSelector Parameters ItemReader "
        f"ItemBatcher ResultWriter ResultSelector ResultPath Retry Catch MaxConcurrency MaxConcurrencyPath "
        f"Label {_TOLERATED}",
        "Pass": f"{_FLOW} Result ResultPath Parameters",
        "Wait": f"{_FLOW} Seconds SecondsPath Timestamp TimestampPath",
        "Choice": f"{_COMMON} Choices Default InputPath OutputPath Assign Output Next End",
        "Succeed": f"{_COMMON} InputPath OutputPath Output Next End",
        "Fail": f"{_COMMON} Error ErrorPath Cause CausePath Next End",
    }.items()
}
_JSONPATH_ONLY = frozenset(
    [
        "InputPath",
        "OutputPath",
        "ResultPath",
        "ResultSelector",
        "Parameters",
        "ItemsPath",
        "TimeoutSecondsPath",
        "HeartbeatSecondsPath",
        "SecondsPath",
        "TimestampPath",
        "MaxConcurrencyPath",
        "ErrorPath",
        "CausePath",
        "Result",
        "ToleratedFailurePercentagePath",
        "ToleratedFailureCountPath",
    ]
)
_JSONATA_ONLY = frozenset(["Arguments", "Output", "Items"])


@rule(
    "BY011", "error", "a field that the state's Type does not have", fix="correct its spelling or take it out"
)
def unknown_field(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        for key in sorted(state.body.keys() - FIELDS.get(state.type, state.body.keys())):
            yield at(state, f"a {state.type} state has no field {key}", key)


@rule(
    "BY301",
    "error",
    "a field that does not belong to the query language in force",
    fix="JSONata: Arguments, Output, Items, Condition; JSONPath: Parameters, *Path, ResultSelector, Variable",
)
def foreign_field(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        foreign = _JSONPATH_ONLY if state.jsonata else _JSONATA_ONLY
        for key in sorted(state.body.keys() & foreign & FIELDS.get(state.type, frozenset())):
            yield at(state, f"{key} is no field of a {state.language} state", key)
        yield from _foreign_inside(state)


def _foreign_inside(state: asl.State) -> Iterator[Hit]:
    for index, choice in enumerate(asl.as_list(state.body.get("Choices")) if state.type == "Choice" else []):
        wrong = "Variable" if state.jsonata else "Condition"
        if wrong in asl.as_dict(choice):
            yield at(state, f"{wrong} is no field of a {state.language} Choice rule", "Choices", index, wrong)
    for index, catcher in enumerate(asl.as_list(state.body.get("Catch"))):
        wrong = "ResultPath" if state.jsonata else "Output"
        if wrong in asl.as_dict(catcher):
            yield at(state, f"{wrong} is no field of a {state.language} catcher", "Catch", index, wrong)
    for path, value in asl.walk(state.body.get("Arguments")) if state.jsonata else ():
        for key in asl.as_dict(value):
            if key.endswith(".$"):
                yield at(
                    state,
                    f"{key} is a JSONPath field; it is sent as it stands",
                    "Arguments",
                    *path.split("/")[1:],
                )


@rule(
    "BY304",
    "error",
    "a query language that does not exist or may not be mixed",
    fix="use JSONPath or JSONata; below a machine of JSONata there is only JSONata",
)
def query_language(subject: Subject) -> Iterator[Hit]:
    machine = subject.machine
    owners = [("", "", machine.body), *((state.path, state.name, state.body) for state in machine.states)]
    for path, name, body in owners:
        own = body.get("QueryLanguage", "JSONPath")
        if own not in ("JSONPath", "JSONata"):
            yield Hit(asl.pointer(path, "QueryLanguage"), name, f"there is no query language {own!r}")
        elif machine.language == "JSONata" and body.get("QueryLanguage") == "JSONPath":
            yield Hit(
                asl.pointer(path, "QueryLanguage"), name, "a machine of JSONata takes no JSONPath state"
            )
