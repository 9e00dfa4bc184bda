"""A workflow folder as one environment deploys it: its manifest with the environment's overrides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from batchyard.environments import Environment, Queue
from batchyard.errors import ManifestError
from batchyard.manifest import Workflow, load_workflow
from batchyard.manifest.marked import read_json, read_text
from batchyard.names import Names
from batchyard.paths import environment_file, project_root, workflow_dir
from batchyard.render.overrides import PLAIN, member

# The functions that the polling block is made of.
POLL_FUNCTIONS = ("submit-job", "job-status")


@dataclass(frozen=True)
class Deployment:
    """One workflow in one environment.

    Args:
        environment: where.
        workflow: the deployed name, which names everything on AWS.
        folder: the workflow folder's name.
        manifest: the folder's manifest.
    """

    environment: Environment
    workflow: str
    folder: str
    manifest: Workflow

    @property
    def names(self) -> Names:
        return self.environment.names

    def where(self, *keys: str | int) -> str:
        """Return file, line and name of a key of the manifest, for messages."""
        return f"{self.manifest.where(*keys)}: {'.'.join(map(str, keys))}"

    @property
    def wait(self) -> Literal["sync", "poll"]:
        """Return how the state machine waits for jobs: the environment's word, else the manifest's."""
        return self.environment.workflows[self.workflow].wait or self.manifest.wait

    @property
    def poll_seconds(self) -> int:
        return self.environment.workflows[self.workflow].poll_seconds or self.manifest.poll_seconds

    @property
    def function_names(self) -> list[str]:
        """Return the functions to deploy: the manifest's, and those of the polling block where it is used."""
        jobs = self.manifest.jobs.values()
        polled = any(self.wait == "poll" or member(job.kind) != PLAIN for job in jobs)
        polling = POLL_FUNCTIONS if polled else ()
        return sorted({*self.manifest.functions, *polling})

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of an execution's input.

        Raises:
            ManifestError: the file is missing or is no schema.
        """
        path = workflow_dir(self.folder) / self.manifest.input_schema
        shown = str(path.relative_to(project_root()))
        schema = read_json(read_text(path), shown)
        if not isinstance(schema, dict):
            raise ManifestError("not a JSON Schema object", where=shown)
        _check_schema(schema, shown)
        return schema

    def queue(self, key: str, where: str) -> Queue:
        """Return a queue of the environment.

        Args:
            key: its key.
            where: what names it, for the message.

        Raises:
            ManifestError: the environment has no such queue.
        """
        queues = self.environment.queues
        if key not in queues:
            known = ", ".join(sorted(queues)) or "none"
            file = environment_file(self.environment.environment).name
            raise ManifestError(
                f"no queue {key} in this environment", where=where, fix=f"{file} has: {known}"
            )
        return queues[key]

    def queues_like(self, key: str) -> list[str]:
        """Return the queues that take the same submissions as one does: of its platform, and as fair."""

        def takes(queue: str) -> tuple[str, bool]:
            return self.environment.behind(queue)[0].platform, self.is_fair(queue)

        return sorted(each for each in self.environment.queues if takes(each) == takes(key))

    def is_fair(self, key: str) -> bool:
        """Say whether a queue that exists has a fair-share policy, for which jobs need a share identifier."""
        return self.environment.queues[key].fair_share is not None


def deployment(environment: Environment, workflow: str) -> Deployment:
    """Read a workflow as an environment deploys it.

    Args:
        environment: where.
        workflow: the deployed name.

    Raises:
        UsageError: the environment deploys no such workflow, or its folder is missing.
        ManifestError: the manifest breaks a rule.
    """
    folder = environment.folder_of(workflow)
    return Deployment(environment, workflow, folder, load_workflow(folder))


def deployments(environment: Environment) -> list[Deployment]:
    """Read every workflow that an environment deploys, by name."""
    return [deployment(environment, workflow) for workflow in sorted(environment.workflows)]


def _check_schema(schema: dict[str, Any], shown: str) -> None:
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        place = ".".join(str(part) for part in error.absolute_path)
        raise ManifestError(f"not a JSON Schema: {place}: {error.message}", where=shown) from error
