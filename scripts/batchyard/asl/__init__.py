"""The Amazon States Language: model, validation, query languages and an interpreter.

It knows nothing of AWS clients or of the local environment: what a Task does, and what time it is, is passed
in.
"""

from batchyard.asl.expressions import literal_arns
from batchyard.asl.model import (
    MAX_DEPTH,
    STATE_TYPES,
    TERMINAL_TYPES,
    Edge,
    Machine,
    Scope,
    State,
    own_values,
    read,
)
from batchyard.asl.resource import Integration, integration
from batchyard.asl.walk import Json, as_dict, as_list, plain, pointer, walk

__all__ = [
    "MAX_DEPTH",
    "STATE_TYPES",
    "TERMINAL_TYPES",
    "Edge",
    "Integration",
    "Json",
    "Machine",
    "Scope",
    "State",
    "as_dict",
    "as_list",
    "integration",
    "literal_arns",
    "own_values",
    "plain",
    "pointer",
    "read",
    "walk",
]
