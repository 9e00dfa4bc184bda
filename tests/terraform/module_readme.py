"""What a module's README must hold: tables of inputs and outputs, one example, and what its plan must hold.

Run it to write a module's tables anew: `python -m tests.terraform.module_readme modules/network`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hcl2
import yaml

_BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `(?P<name>\w+)` \|", re.MULTILINE)


@dataclass(frozen=True)
class Field:
    """A variable or an output as the module declares it; `type` and `default` are empty for outputs."""

    name: str
    description: str
    type: str = ""
    default: str = ""
    validations: int = 0


def declared(module: Path, kind: str) -> list[Field]:
    """Return what a module declares.

    Args:
        module: the module's folder.
        kind: "variable" or "output".
    """
    found: list[Field] = []
    for file in sorted(module.glob("*.tf")):
        with file.open() as source:
            blocks = hcl2.load(source).get(kind, [])
        for block in blocks:
            for name, body in block.items():
                if isinstance(body, dict):
                    found.append(_field(name.strip('"'), body, kind))
    return sorted(found, key=lambda field: field.name)


def _field(name: str, body: dict[str, Any], kind: str) -> Field:
    description = str(body.get("description", "")).strip('"')
    if kind == "output":
        return Field(name, description)
    kind_of_type = re.sub(r"^\$\{(.*)\}$", r"\1", str(body.get("type", "any")), flags=re.DOTALL)
    default = _literal(body["default"]) if "default" in body else "required"
    return Field(name, description, _shape(kind_of_type), default, len(body.get("validation", [])))


def _shape(type_text: str) -> str:
    """Cut an object type to its word, because its fields stand in the description and in variables*.tf."""
    return re.sub(
        r"object\(.*", "object" + ")" * (type_text.split("object(")[0].count("(")), type_text, flags=re.DOTALL
    )


def _literal(value: Any) -> str:
    match value:
        case None | "null":
            return "`null`"
        case bool():
            return f"`{str(value).lower()}`"
        case dict():
            return "`{}`" if not value else "`{…}`"
        case list():
            return f"`[{', '.join(str(item) for item in value)}]`"
        case _:
            return f"`{value}`"


def table(fields: list[Field], *, inputs: bool) -> str:
    """Return a Markdown table."""
    if not inputs:
        rows = [f"| `{field.name}` | {field.description} |" for field in fields]
        return "\n".join(["| Name | Description |", "| --- | --- |", *rows])
    rows = [
        f"| `{field.name}` | {field.description} | `{field.type}` | {field.default} |" for field in fields
    ]
    return "\n".join(["| Name | Description | Type | Default |", "| --- | --- | --- | --- |", *rows])


def section(text: str, heading: str) -> str:
    """Return what stands under a second-level heading, or nothing."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def listed(text: str, heading: str) -> list[str]:
    """Return the names in the table under a heading."""
    return [row["name"] for row in _ROW.finditer(section(text, heading))]


def example(readme: Path) -> tuple[str, dict[str, Any]]:
    """Return a README's example and the values that its plan must hold, by resource address.

    Raises:
        ValueError: the README has not exactly one `hcl` block and one `yaml expect` block.
    """
    blocks = [(block["info"].strip(), block["body"]) for block in _BLOCK.finditer(readme.read_text())]
    code = [body for info, body in blocks if info == "hcl"]
    expected = [body for info, body in blocks if info == "yaml expect"]
    if len(code) != 1 or len(expected) != 1:
        raise ValueError(
            f"{readme}: needs one ```hcl block and one ```yaml expect block, has {len(code)}, {len(expected)}"
        )
    return code[0], yaml.safe_load(expected[0])


def write_tables(module: Path) -> None:
    """Write both tables of a module's README anew."""
    readme = module / "README.md"
    text = readme.read_text()
    for heading, kind in (("Inputs", "variable"), ("Outputs", "output")):
        body = table(declared(module, kind), inputs=kind == "variable")
        text = text.replace(f"## {heading}\n{section(text, heading)}", f"## {heading}\n\n{body}\n\n")
    readme.write_text(text.rstrip("\n") + "\n")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        write_tables(Path(argument))
