"""A Map: its item processor, and what only a Distributed Map has.

Sources: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html,
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html,
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html and
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from batchyard.asl.states import State
from batchyard.asl.validate import fields, values
from batchyard.asl.validate.datasets import batcher, reader, writer
from batchyard.asl.validate.diagnostics import Report, listed
from batchyard.asl.walk import Json, pointer

PROCESSORS = ("ItemProcessor", "Iterator")
MODES = ("INLINE", "DISTRIBUTED")
EXECUTIONS = ("STANDARD", "EXPRESS")
MAX_LABEL = 40
_NOT_IN_LABEL = re.compile(r"[\s?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]")


def check(report: Report, state: State) -> None:
    """Check what only a Map has."""
    found = [name for name in PROCESSORS if name in state.body]
    if len(found) != 1:
        what = "There should only be" if found else "This object should have only"
        message = f"{what} one of the following fields: {listed(PROCESSORS)}"
        report.error("container", message, state.path)
    for name in found:
        path, processor = pointer(state.path, name), state.body[name]
        if not isinstance(processor, dict):
            report.error("container", "Expected value of type Object", path)
        elif "ProcessorConfig" in processor:
            _configuration(report, state, pointer(path, "ProcessorConfig"), processor["ProcessorConfig"])
    if state.distributed:
        values.each(report, state, state.path, state.body, _DISTRIBUTED)
    else:
        for name in sorted(fields.DISTRIBUTED & state.body.keys()):
            report.error(
                "field", f"Field '{name}' is not supported", pointer(state.path, name), at=state.path
            )


def items(report: Report, state: State, path: str, value: object) -> None:
    """Check the items of a JSONata Map: an array, and for a Distributed Map an object too."""
    if not values.expression(state, value) and not isinstance(value, list | dict):
        report.error("value", "Expected value of type Array", path)


def _configuration(report: Report, state: State, path: str, body: object) -> None:
    if not isinstance(body, dict):
        report.error("value", "Expected value of type Object", path)
        return
    mode, distributed = body.get("Mode", "INLINE"), body.get("Mode") == "DISTRIBUTED"
    known = frozenset(["Mode", "ExecutionType"] if distributed else ["Mode"])
    fields.known(report, state, body.keys(), known, path)
    if mode not in MODES:
        report.error("value", f"Value should be one of the following: {listed(MODES)}", pointer(path, "Mode"))
    if not distributed:
        return
    if fields.required(report, body.keys(), ["ExecutionType"], path):
        execution = pointer(path, "ExecutionType")
        values.one_of(EXECUTIONS)(report, state, execution, body["ExecutionType"])
    if state.scope.express:
        message = "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines"
        report.error("express", message, pointer(path, "Mode"))


def _label(report: Report, state: State, path: str, value: object) -> None:
    if not isinstance(value, str):
        report.error("label", "Expected value of type String", path)
        return
    if len(value) > MAX_LABEL:
        message = f"Label '{value}' exceeds the {MAX_LABEL}-character limit allowed by the service"
        report.error("label", message, path, code="INVALID_LABEL_NAME")
    elif not value or _NOT_IN_LABEL.search(value):
        message = f"Label '{value}' contains characters that are not allowed"
        report.error("label", message, path, code="INVALID_LABEL_NAME")
    first = next(each for each in report.machine.states if each.body.get("Label") == value)
    if first is not state:
        report.error("label", f"Duplicate Label name: {value}", path, code="DUPLICATE_LABEL_NAME")


def _inside(check_body: Callable[[Report, State, str, Json], None]) -> values.Check:
    def check_object(report: Report, state: State, path: str, value: object) -> None:
        if isinstance(value, dict):
            check_body(report, state, path, value)
        else:
            report.error("value", "Expected value of type Object", path)

    return check_object


_DISTRIBUTED: dict[str, values.Check] = {
    "Label": _label,
    "ItemReader": _inside(reader),
    "ItemBatcher": _inside(batcher),
    "ResultWriter": _inside(writer),
}
