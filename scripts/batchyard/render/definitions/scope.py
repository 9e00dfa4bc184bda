"""What the parts of one job definition have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from batchyard.errors import ManifestError
from batchyard.manifest import Job, Process
from batchyard.manifest.marked import read_yaml
from batchyard.render import jinja
from batchyard.render.deployment import Deployment

_WORD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Scope:
    """One job of a deployed workflow.

    Args:
        deployment: the workflow.
        key: the job's key in the manifest.
        job: the job.
        images: the URI of each project image, by name.
        scratch_mount: where the hosts of its queue have their scratch volume.
        has_execution_role: whether starting the job takes a role of its own.
    """

    deployment: Deployment
    key: str
    job: Job
    images: Mapping[str, str]
    scratch_mount: str
    has_execution_role: bool

    @property
    def role(self) -> str | None:
        """Return the name of the role that the containers have; pods have that of their service account."""
        names = self.deployment.names
        return None if self.job.shape == "eks" else names.job_role(self.deployment.workflow, self.key)

    @property
    def role_arn(self) -> str | None:
        return self._arn(self.role)

    @property
    def execution_role(self) -> str | None:
        """Return the name of the role that starts the containers, where one is needed."""
        names = self.deployment.names
        return names.execution_role(self.deployment.workflow, self.key) if self.has_execution_role else None

    @property
    def execution_role_arn(self) -> str | None:
        return self._arn(self.execution_role)

    def _arn(self, role: str | None) -> str | None:
        return self.deployment.names.role_arn(role) if role else None

    @property
    def where(self) -> str:
        """Return the place of the job in the manifest, for messages."""
        return self.deployment.where("jobs", self.key)

    def image(self, container: Process) -> str:
        """Return the URI of a container's image."""
        if container.image is not None:
            return self.images[container.image]
        return self.filled(str(container.image_uri))

    def filled(self, text: str) -> str:
        """Return a text with `{region}`, `{account}`, `{partition}` and `{environment}` filled in.

        Raises:
            ManifestError: it names another placeholder.
        """
        names = self.deployment.names
        words = {
            "account": names.account,
            "environment": names.environment,
            "partition": names.partition,
            "region": names.region,
        }
        for word in _WORD.findall(text):
            if word not in words:
                fix = f"known: {', '.join(f'{{{each}}}' for each in words)}"
                where = self.deployment.where(*self.deployment.manifest.keys_of(text, "jobs", self.key))
                raise ManifestError(f"unknown placeholder {{{word}}} in {text}", where=where, fix=fix)
        return _WORD.sub(lambda found: words[found.group(1)], text)

    def rendered(self, template: str, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return what a template of templates/job-definitions renders to.

        Raises:
            ManifestError: it names something undefined, or renders to no object.
        """
        path = f"job-definitions/{template}.yaml.j2"
        document = read_yaml(
            jinja.render(path, {"scope": self, "job": self.job, **variables}), f"templates/{path}"
        ).data
        if not isinstance(document, dict):
            raise ManifestError("does not render to an object", where=f"templates/{path}")
        return document
