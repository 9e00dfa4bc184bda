"""Terraform's variable files, read strictly: constants only, no key twice, and every key knows its line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from batchyard.errors import ManifestError
from batchyard.manifest.marked import Marked, Place

if TYPE_CHECKING:
    from lark import Token
    from lark import Tree as LarkTree

    Tree = LarkTree[Token]

_CONSTANTS = {"null": None, "true": True, "false": False}


def read(text: str, source: str) -> Marked:
    """Parse a tfvars file.

    Args:
        text: the document.
        source: the file's name for messages.

    Raises:
        ManifestError: it is not HCL, repeats a key, or holds a block or an expression.
    """
    import hcl2
    from lark.exceptions import LarkError

    try:
        tree = hcl2.parses_to_tree(text if text.endswith("\n") else f"{text}\n")
    except LarkError as error:
        line = getattr(error, "line", None)
        where = f"{source}:{line}" if isinstance(line, int) and line > 0 else source
        raise ManifestError("not valid HCL", where=where, fix="terraform fmt tells what is wrong") from error
    reader = _Reader(source)
    [body] = _trees(tree)
    return Marked(reader.attributes(_trees(body), ()), reader.lines, source)


class _Reader:
    """Turns the parser's tree into plain values, and notes the lines of the keys."""

    def __init__(self, source: str) -> None:
        self.lines: dict[Place, int] = {(): 1}
        self._source = source

    def attributes(self, items: list[Tree], place: Place) -> dict[str, Any]:
        """Return the keys and values of a file or an object."""
        found: dict[str, Any] = {}
        for item in items:
            if item.data not in ("attribute", "object_elem"):
                raise self._error("a variable is set with an equals sign, as in name = { ... }", item)
            key_node, value_node = _trees(item)
            key = self._key(key_node)
            here = (*place, key)
            if key in found:
                raise self._error(f"key {'.'.join(map(str, here))} is given twice", item)
            self.lines[here] = item.meta.line
            found[key] = self._value(value_node, here)
        return found

    def _key(self, node: Tree) -> str:
        while node.data in ("object_elem_key", "expr_term"):
            [node] = _trees(node)
        return str(node.children[0]) if node.data == "identifier" else str(self._constant(node))

    def _value(self, node: Tree, place: Place) -> Any:  # noqa: ANN401 - any JSON value
        inner = _trees(node)
        if node.data == "expr_term" and len(inner) == 1:
            return self._value(inner[0], place)
        if node.data == "object":
            return self.attributes(inner, place)
        if node.data == "tuple":
            return [self._value(item, (*place, index)) for index, item in enumerate(inner)]
        return self._constant(node)

    def _constant(self, node: Tree) -> Any:  # noqa: ANN401
        text, inner = "".join(str(part) for part in node.children if isinstance(part, str)), _trees(node)
        if node.data == "literal_value" and text in _CONSTANTS:
            return _CONSTANTS[text]
        if node.data in ("int_lit", "float_lit"):
            return int(text) if node.data == "int_lit" else float(text)
        if node.data == "unary_op" and text.strip() == "-":
            number = self._value(inner[0], ())
            if isinstance(number, int | float):
                return -number
        if node.data == "string" and not any(_trees(part) for part in inner):
            words = "".join(str(word) for part in inner for word in part.children)
            return json.loads(f'"{words}"', strict=False).replace("$${", "${").replace("%%{", "%{")
        raise self._error("only a constant can stand here: no expression and no heredoc", node)

    def _error(self, what: str, node: Tree) -> ManifestError:
        return ManifestError(what, where=f"{self._source}:{node.meta.line}")


def _trees(node: Tree) -> list[Tree]:
    """Return the parts of a node that have parts themselves, without comments and empty lines."""
    return [
        part for part in node.children if not isinstance(part, str) and part.data != "new_line_or_comment"
    ]
