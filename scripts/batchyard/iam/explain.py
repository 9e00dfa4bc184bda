"""Why each statement of a role is there: the states, or the line of the manifest, that need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from batchyard import asl
from batchyard.iam.needs import Statement
from batchyard.iam.states import required
from batchyard.names import Names
from batchyard.paths import project_root, workflow_dir

# What ECS does before a container runs, by the statements of batchyard.render.definitions.execution.
_STARTING = {
    "LogInToRegistry": "pulls the job's images",
    "PullImages": "pulls the job's images",
    "WriteLogs": "writes the containers' output",
    "MakeLogGroups": "writes the containers' output",
    "ReadSecrets": "hands secrets to the containers, or to the registry or log driver",
    "ReadParameters": "hands parameters to the containers, or to the log driver",
}
_OTHER = "starts the containers"


@dataclass(frozen=True)
class Explained:
    """One statement and its reasons, such as `state Align (batch:submitJob)` or `workflow.yaml:31`."""

    sid: str
    actions: list[str]
    resources: list[str]
    reasons: list[str]


@dataclass(frozen=True)
class Role:
    """A role with the kind and key of what takes it: state machine, job, execution (of a job) or function."""

    name: str
    kind: str
    key: str
    statements: list[Explained]

    def as_dict(self) -> dict[str, Any]:
        """Return the role as JSON data."""
        return asdict(self)


def explain(bundle: dict[str, Any], definition: object, names: Names) -> list[Role]:
    """Return every role of a bundle with the reasons of its statements.

    Args:
        bundle: the parsed bundle file.
        definition: the parsed ASL document that it names.
        names: of the environment.
    """
    machine = asl.as_dict(bundle.get("state_machine"))
    needs, _ = required(definition, names, state_machine=machine.get("name"))
    wanted: dict[tuple[str, str], list[str]] = {}
    for need in needs:
        reason = f"state {need.state} ({need.reason})" if need.state else f"the machine's {need.reason}"
        wanted.setdefault((need.action, need.resource), []).append(reason)

    def of_states(statement: Statement) -> list[str]:
        pairs = [(a, r) for a in statement["Action"] for r in statement["Resource"]]
        return sorted({reason for pair in pairs for reason in wanted.get(pair, [])})

    roles = [_role(machine, "state machine", str(bundle.get("workflow")), of_states)]
    for key, job in asl.as_dict(bundle.get("job_definitions")).items():
        manifest = workflow_dir(str(bundle.get("folder", bundle.get("workflow")))) / "workflow.yaml"
        if job.get("role"):  # a pod has the rights of its service account
            roles.append(_role(job, "job", key, _Declared(manifest, ("jobs", key, "permissions"))))
        if job.get("execution_role"):
            owner = {"role": job["execution_role"]}
            roles.append(_role(owner, "execution", key, lambda each: [_STARTING.get(each["Sid"], _OTHER)]))
    for key, function in asl.as_dict(bundle.get("functions")).items():
        manifest = project_root() / "functions" / key / "function.yaml"
        roles.append(_role(function, "function", key, _Declared(manifest, ("permissions",))))
    return roles


def _role(owner: dict[str, Any], kind: str, key: str, reasons: Any) -> Role:  # noqa: ANN401 - a function of a statement
    role = asl.as_dict(owner.get("role"))
    explained = [
        Explained(str(each.get("Sid", "")), each["Action"], each["Resource"], reasons(each))
        for each in asl.as_list(role.get("statements"))
    ]
    return Role(str(role.get("name", "")), kind, key, explained)


@dataclass(frozen=True)
class _Declared:
    """Finds the line in a manifest that declares a statement, by its Sid."""

    manifest: Path
    keys: tuple[str, ...]

    def __call__(self, statement: Statement) -> list[str]:
        line = _sid_lines(self.manifest, self.keys).get(_plain(str(statement.get("Sid", ""))))
        if line is None:
            return ["every role of this kind"]
        root = project_root()
        inside = self.manifest.is_relative_to(root)
        return [f"{self.manifest.relative_to(root) if inside else self.manifest}:{line}"]


@cache
def _sid_lines(manifest: Path, keys: tuple[str, ...]) -> dict[str, int]:
    import yaml

    if not manifest.is_file():
        return {}
    node = yaml.compose(manifest.read_text())
    for key in keys:
        node = next((value for name, value in _pairs(node) if name.value == key), None)
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    found = (
        (value.value, name.start_mark.line)
        for item in items
        for name, value in _pairs(item)
        if name.value == "sid"
    )
    return {_plain(str(sid)): line + 1 for sid, line in found}


def _pairs(node: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - YAML nodes are untyped
    import yaml

    yield from node.value if isinstance(node, yaml.MappingNode) else ()


def _plain(sid: str) -> str:
    """Return a Sid as it can be compared: manifests may write it in any case, with dashes."""
    return "".join(each for each in sid if each.isalnum()).lower()
