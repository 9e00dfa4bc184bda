"""Which fields belong to which query language: BY301.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from collections.abc import Iterator

from batchyard import asl
from batchyard.lint.registry import Hit, Subject, at, rule


@rule(
    "BY301",
    "error",
    "a field that does not belong to the query language in force",
    fix="JSONata: Arguments, Output, Items, Condition; JSONPath: Parameters, *Path, ResultSelector, Variable",
)
def foreign_field(subject: Subject) -> Iterator[Hit]:
    yield from subject.diagnosed("language")
    for state in subject.machine.states:
        for path, value in asl.walk(state.body.get("Arguments")) if state.jsonata else ():
            for key in asl.as_dict(value):
                if key.endswith(".$"):
                    message = f"{key} is a JSONPath field; it is sent as it stands"
                    yield at(state, message, "Arguments", *path.split("/")[1:])
