"""A workflow's bundle: all that Terraform and the command line need to know of it. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from batchyard.environments import Environment
from batchyard.errors import ManifestError, UsageError
from batchyard.package import Package, build
from batchyard.paths import project_root
from batchyard.render import limits
from batchyard.render.deployment import Deployment, deployment
from batchyard.render.functions import function
from batchyard.render.job_definitions import job_definition
from batchyard.render.smoke import smoke
from batchyard.render.state_machine import definition

VERSION = 1


def _tagger() -> Callable[[str], str]:
    """Return the tag of an image by its name; each image is read once."""

    @cache
    def tag(image: str) -> str:
        from batchyard.images import image_tag

        return image_tag(project_root(), image)

    return tag


@dataclass(frozen=True)
class Sources:
    """What several bundles share, each read once: image tags and function zips."""

    image_tag: Callable[[str], str] = field(default_factory=_tagger)
    package: Callable[[str], Package] = field(default_factory=lambda: cache(build))


@dataclass(frozen=True)
class Rendered:
    """A rendered workflow.

    Args:
        bundle: the bundle's document.
        definition: the state machine's ASL document.
    """

    bundle: dict[str, Any]
    definition: dict[str, Any]


def rendered(environment: Environment, workflow: str, sources: Sources | None = None) -> Rendered:
    """Render a workflow in memory.

    Args:
        environment: where it is deployed.
        workflow: its deployed name.
        sources: shared with other bundles.

    Raises:
        BatchyardError: a manifest, template, function or image is wrong.
    """
    found, sources = deployment(environment, workflow), sources or Sources()
    document, calls = definition(found)
    where = f"templates/workflows/{found.folder}"
    limits.fitting("state machine", document, limits.DEFINITION_BYTES, where)
    images = _images(found, sources)
    functions = sorted({*found.function_names, *calls})
    bundle = {
        "version": VERSION,
        "workflow": workflow,
        "folder": found.folder,
        "environment": environment.environment,
        "description": found.manifest.description,
        "name": limits.named("state machine", found.names.state_machine(workflow), where),
        "job_definitions": {key: job_definition(found, key, images) for key in found.manifest.jobs},
        "queues": _queues(environment),
        "functions": {name: function(found, name, sources.package(name)) for name in functions},
        "state_machine": _state_machine(found, document, where),
        "notify": found.manifest.notify.model_dump(),
        "triggers": [],
        "images": images,
        "input_schema": found.input_schema,
        "smoke": smoke(found),
    }
    return Rendered(bundle, document)


def bundle(environment: Environment, workflow: str) -> dict[str, Any]:
    """Return a workflow's bundle; see `rendered`."""
    return rendered(environment, workflow).bundle


def all_rendered(environment: Environment) -> Iterable[Rendered]:
    """Yield every workflow of an environment, by name; see `rendered`."""
    sources = Sources()
    return (rendered(environment, workflow, sources) for workflow in sorted(environment.workflows))


def _images(found: Deployment, sources: Sources) -> dict[str, str]:
    """Return the URI of every image that a job runs, by name.

    Raises:
        ManifestError: there is no such image; names the job.
    """
    images: dict[str, str] = {}
    for key, job in found.manifest.jobs.items():
        for name in job.images:
            try:
                images[name] = found.names.image(name, sources.image_tag(name))
            except UsageError as error:
                fix = f"make jobs/{name} with a Dockerfile; {error.fix}"
                where = found.where(*found.manifest.keys_of(name, "jobs", key, last="image"))
                raise ManifestError(f"no image {name}", where=where, fix=fix) from error
    return dict(sorted(images.items()))


def _queues(environment: Environment) -> dict[str, Any]:
    """Return what submissions have to fit: see the rules of batchyard.lint.fitting."""
    names = environment.names
    return {
        key: {
            "name": names.queue(key),
            "arn": names.queue_arn(key),
            "platform": environment.behind(key)[0].platform,
            "spot": any(compute.is_spot for compute in environment.behind(key)),
            "fair_share": queue.fair_share is not None,
        }
        for key, queue in environment.queues.items()
    }


def _state_machine(found: Deployment, document: dict[str, Any], where: str) -> dict[str, Any]:
    from batchyard.iam.states import derive

    name = found.names.state_machine(found.workflow)
    role = limits.named("role", found.names.state_machine_role(found.workflow), where)
    return {
        "name": name,
        "type": "STANDARD",
        "definition": f"{found.workflow}.asl.json",
        "alias": "live",
        "log_level": "ALL",
        "include_execution_data": True,
        "tracing": True,
        "role": {"name": role, "statements": derive(document, found.names, state_machine=name)},
    }
