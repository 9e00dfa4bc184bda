"""How much data a state may take or give.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

from collections.abc import Mapping

from batchyard.asl.data import text
from batchyard.asl.errors import DATA_LIMIT, StatesError

# Bytes of JSON; https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#variable-limits
ASSIGNED = text.LIMIT  # one variable, and all of one Assign
STORED = 10 * 2**20  # all variables of an execution


def size_error(document: str, who: str) -> StatesError | None:
    """Return the error of JSON text that is over the limit; None where it is not.

    Args:
        who: the state or task that gave it, as the service's message names it.
    """
    if not text.too_large(document):
        return None
    return StatesError(
        DATA_LIMIT,
        f"The state/task '{who}' returned a result with a size exceeding the maximum number of bytes service "
        "limit.",
    )


def storage_error(assigned: Mapping[str, str], kept: int) -> StatesError | None:
    """Return the error of variables that are over a limit; None where they are not.

    Args:
        assigned: JSON text by variable.
        kept: bytes of the execution's other variables.
    """
    size = sum(text.size(each) for each in assigned.values())
    if size > ASSIGNED:
        return StatesError(DATA_LIMIT, f"The assigned variables exceed the limit of {ASSIGNED} bytes.")
    if kept + size > STORED:
        return StatesError(DATA_LIMIT, f"The execution's variables exceed the limit of {STORED} bytes.")
    return None
