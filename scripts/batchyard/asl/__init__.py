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
    parse,
    read,
)
from batchyard.asl.resource import Integration, integration
from batchyard.asl.source import Position, Source
from batchyard.asl.walk import Json, as_dict, as_list, plain, pointer, walk

__all__ = [
    "MAX_DEPTH",
    "STATE_TYPES",
    "TERMINAL_TYPES",
    "Edge",
    "Integration",
    "Json",
    "Machine",
    "Position",
    "Scope",
    "Source",
    "State",
    "as_dict",
    "as_list",
    "integration",
    "literal_arns",
    "own_values",
    "parse",
    "plain",
    "pointer",
    "read",
    "walk",
]
