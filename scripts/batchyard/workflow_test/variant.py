"""The state machine that a case runs: the workflow as one environment would deploy it, in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from batchyard import environments
from batchyard.asl.model import Machine, read
from batchyard.asl.validate import validate
from batchyard.environments import DeployedWorkflow, Environment
from batchyard.errors import ManifestError
from batchyard.render.deployment import deployment
from batchyard.render.state_machine import TEMPLATE, definition
from batchyard.workflow_test.format import Case, Kind, Wait


@dataclass(frozen=True)
class Variant:
    """How a workflow is rendered for a case.

    Args:
        workflow: the folder's name, which is the deployed name, too.
        wait: None for what the environment or the manifest says.
        poll_seconds: None for what the environment or the manifest says.
    """

    workflow: str
    environment: str
    wait: Wait | None = None
    poll_seconds: int | None = None
    kind: Kind = "STANDARD"

    @property
    def label(self) -> str:
        """Return what tells this variant from others, for people."""
        parts = [self.environment, self.wait, "express" if self.kind == "EXPRESS" else None]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A rendered state machine.

    Args:
        name: of the state machine on AWS.
        role_arn: its role's, as far as the names tell.
        text: the definition as JSON.
    """

    variant: Variant
    name: str
    arn: str
    role_arn: str
    document: dict[str, Any]

    @cached_property
    def text(self) -> str:
        return json.dumps(self.document)

    @cached_property
    def machine(self) -> Machine:
        return read(self.document, express=self.variant.kind == "EXPRESS")


def of_case(workflow: str, case: Case, environment: str) -> Variant:
    """Return the variant that a case runs; what it leaves open is the given environment's."""
    return Variant(
        workflow, case.environment or environment, case.wait, case.poll_seconds, case.type or "STANDARD"
    )


class Variants:
    """Rendered state machines, each rendered once."""

    def __init__(self) -> None:
        self._environments: dict[str, Environment] = {}
        self._prepared: dict[Variant, Prepared] = {}

    def __call__(self, variant: Variant) -> Prepared:
        """Return a variant's state machine.

        Raises:
            BatchyardError: the environment, the manifest or the template is wrong.
        """
        if variant not in self._prepared:
            self._prepared[variant] = self._render(variant)
        return self._prepared[variant]

    def _render(self, variant: Variant) -> Prepared:
        if variant.environment not in self._environments:
            self._environments[variant.environment] = environments.load(variant.environment)
        base = self._environments[variant.environment]
        # A workflow can be tested with any environment's queues, deployed there or not.
        own = base.workflows.get(variant.workflow, DeployedWorkflow())
        placed = DeployedWorkflow(
            folder=variant.workflow,
            wait=variant.wait or own.wait,
            poll_seconds=variant.poll_seconds or own.poll_seconds,
        )
        where = base.model_copy(update={"workflows": {variant.workflow: placed}})
        document, _ = definition(deployment(where, variant.workflow))
        _check(document, variant)
        names = where.names
        name = names.state_machine(variant.workflow)
        return Prepared(
            variant,
            name,
            names.state_machine_arn(variant.workflow),
            names.role_arn(names.state_machine_role(variant.workflow)),
            document,
        )


def _check(document: dict[str, Any], variant: Variant) -> None:
    """Refuse what the service would refuse to create; the interpreter runs nothing else.

    Raises:
        ManifestError: the definition is not valid.
    """
    found = validate(read(document, express=variant.kind == "EXPRESS"), severity="ERROR").diagnostics
    if found:
        what = "; ".join(" at ".join(filter(None, (each.message.strip(), each.location))) for each in found)
        where = f"templates/workflows/{variant.workflow}/{TEMPLATE} ({variant.label})"
        raise ManifestError(what, where=where)
