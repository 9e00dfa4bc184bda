"""The state machine of a workflow: template, strict parse, expansion."""

from __future__ import annotations

from typing import Any

from batchyard.errors import ManifestError
from batchyard.manifest.marked import read_yaml
from batchyard.render import jinja
from batchyard.render.blocks import Blocks
from batchyard.render.deployment import Deployment
from batchyard.render.expand import expand

TEMPLATE = "state-machine.asl.yaml.j2"


def definition(deployment: Deployment) -> tuple[dict[str, Any], set[str]]:
    """Return a workflow's ASL document, and the functions that its building blocks call.

    Args:
        deployment: the workflow.

    Raises:
        ManifestError: the template is wrong, or renders to something that is no state machine.
    """
    template = f"workflows/{deployment.folder}/{TEMPLATE}"
    where = f"templates/{template}"
    blocks = Blocks(deployment)
    text = jinja.render(template, _variables(deployment, blocks))
    document = read_yaml(text, f"{where} (rendered)").data
    if not isinstance(document, dict) or not isinstance(document.get("States"), dict):
        raise ManifestError("renders to no state machine", where=where, fix="it needs StartAt and States")
    return expand(document, where), blocks.calls


def _variables(deployment: Deployment, blocks: Blocks) -> dict[str, Any]:
    return {
        "workflow": deployment.manifest,
        "deployed_name": deployment.workflow,
        "environment": deployment.environment,
        "names": deployment.names,
        "batch_task": blocks.batch_task,
        "poll_task": blocks.poll_task,
        "callback_task": blocks.callback_task,
        "fan_out": blocks.fan_out,
        "notify": blocks.notify,
        "check_input": blocks.check_input,
    }
