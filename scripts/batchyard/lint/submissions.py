"""The submissions of a machine: Tasks that submit a Batch job, by themselves or through submit-job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from batchyard import asl
from batchyard.asl import expressions
from batchyard.lint.registry import Subject
from batchyard.lint.tasks import is_batch, tasks

FUNCTION = "submit-job"
# The member of a submission that overrides a definition, by the properties that the definition has.
OVERRIDES = {
    "container_properties": "containerOverrides",
    "ecs_properties": "ecsPropertiesOverride",
    "node_properties": "nodeOverrides",
    "eks_properties": "eksPropertiesOverride",
}
_DATA = ("parameters", "tags")
_NAME = re.compile(r"(?:^|:job-definition/)([A-Za-z0-9_-]+)(?::\d+)?$")
_VARIABLE = re.compile(r"/(environment|env)/\d+$", re.IGNORECASE)
_STEP = re.compile(r"\bsteps\.`?([A-Za-z0-9_-]+)`?\.jobId\b")


@dataclass(frozen=True)
class Submission:
    """One state that submits a job.

    Args:
        how: `sync` waits, `request` does not, `function` goes through submit-job.
        request: as the API has it; what only a run knows is an expression.
        body: the request as the document spells it.
        path: its JSON pointer.
        pascal: whether the document writes members in upper case.
    """

    state: asl.State
    how: Literal["sync", "request", "function"]
    request: dict[str, Any]
    body: dict[str, Any]
    path: str
    pascal: bool

    def at(self, *members: object) -> str:
        """Return the JSON pointer of a member of the request, by the API's names."""
        return asl.pointer(self.path, *(self._spelt(each) for each in members))

    def _spelt(self, name: object) -> object:
        return name[:1].upper() + name[1:] if self.pascal and isinstance(name, str) else name

    def variables(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the variables that it overrides, of containers of any shape, with their JSON pointers."""
        for name, overrides in self.body.items():
            if name[:1].lower() + name[1:] in OVERRIDES.values():
                for path, item in asl.walk(overrides, asl.pointer(self.path, name)):
                    if _VARIABLE.search(path) and isinstance(item, dict):
                        yield path, item

    def jobs(self, subject: Subject) -> list[tuple[str, dict[str, Any]]]:
        """Return the bundle's jobs that it may submit, by key."""
        named = self.request.get("jobDefinition")
        texts = asl.literal_arns(named) if is_expression(named) else [str(named)]
        names = {found[1] for text in texts if (found := _NAME.search(text))}
        return [(key, job) for key, job in subject.jobs.items() if job.get("name") in names]

    def queues(self, subject: Subject) -> list[tuple[str, dict[str, Any]]]:
        """Return the environment's queues that it may go to, as far as the bundle tells them, by key."""
        named = self.request.get("jobQueue")
        texts = asl.literal_arns(named) if is_expression(named) else [named]
        known = asl.as_dict(subject.bundle.get("queues"))
        return [
            (key, queue)
            for key, queue in known.items()
            if isinstance(queue, dict) and {queue.get("arn"), queue.get("name")} & set(texts)
        ]


def submissions(subject: Subject) -> Iterator[Submission]:
    """Yield every submission of a machine."""
    function = subject.functions.get(FUNCTION, {}).get("name")
    for state, call in tasks(subject):
        base = asl.pointer(state.path, "Arguments" if state.jsonata else "Parameters")
        arguments = asl.as_dict(state.arguments)
        if is_batch(call):
            how: Literal["sync", "request"] = "sync" if call.pattern == "sync" else "request"
            yield Submission(state, how, _in_api_names(arguments), arguments, base, pascal=True)
        elif function and f":function:{function}:" in f"{arguments.get('FunctionName')}:":
            payload, path = asl.as_dict(arguments.get("Payload")), asl.pointer(base, "Payload")
            yield Submission(state, "function", _in_api_names(payload), payload, path, pascal=False)


def is_expression(value: object) -> bool:
    """Say whether a value is one that only a run knows."""
    return expressions.inner(value) is not None


def waited_for(dependency: dict[str, Any]) -> str | None:
    """Return the key of the job whose id a dependency takes from `steps.<job>.jobId`, if it does."""
    found = _STEP.search(str(dependency.get("jobId", "")))
    return found[1] if found else None


def properties(job: dict[str, Any]) -> str | None:
    """Return which properties a job definition of a bundle has, such as `ecs_properties`."""
    return next((name for name in OVERRIDES if job.get(name)), None)


def _in_api_names(value: Any, key: str = "") -> Any:  # noqa: ANN401
    """Return a request with the API's names; a JSONPath field becomes an expression."""
    if isinstance(value, list):
        return [_in_api_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, item in value.items():
        member = name.removesuffix(".$")
        spelt = member if key in _DATA else member[:1].lower() + member[1:]
        found[spelt] = f"{{% {item} %}}" if name != member else _in_api_names(item, spelt)
    return found
