"""Documents read strictly: nothing is lost or guessed. The one reader of JSON and YAML in this project."""

from batchyard.strict.json_text import JsonError, decode, line_and_column
from batchyard.strict.yaml_text import MAX_VALUES, Place, compose, value_of

__all__ = ["MAX_VALUES", "JsonError", "Place", "compose", "decode", "line_and_column", "value_of"]
