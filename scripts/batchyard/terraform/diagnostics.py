"""Terraform's errors as sentences that say what, where and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from batchyard.errors import BatchyardError

# What Terraform or the provider says (a part of it) -> what helps. First match counts.
_REMEDIES = {
    r"Saved plan is stale": "something was applied since this plan was made: run `batchyard plan` again",
    r"Error acquiring the state lock|the state is locked": (
        "another command is at work on this environment: wait for it. If none is, it was killed: take the "
        "variables of batchyard env show NAME --variables, and TF_DATA_DIR=../build/NAME/terraform, for "
        "terraform -chdir=terraform force-unlock LOCK"
    ),
    r"Failed to query available provider packages|registry\.terraform\.io": (
        "no provider from the registry: check the network, or run make setup with BATCHYARD_PROVIDER_MIRROR "
        "set to a folder that holds <host>/hashicorp/aws/<version>/<os>_<arch>/"
    ),
    r"No valid credential sources|ExpiredToken|security token included in the request is invalid": (
        "sign in to AWS first: aws sso login, or set AWS_PROFILE"
    ),
    r"AWS account ID not allowed": "sign in to the account that the environment names",
    r"Inconsistent dependency lock|Required plugins are not installed|Backend init|Module not installed": (
        "run it again: Terraform's data for this environment is set up anew"
    ),
    r"connection refused": "nothing answers at that address; for the local environment: batchyard local up",
    # The provider's error names the policy; module queue gives it the name of its queue.
    r"Batch Scheduling Policy \(\S*?scheduling-policy/(?P<name>[^\s)]+)\).*found existing JobQueue": (
        "this can never work, now or later: queue {name} uses the policy, and Batch takes none from a queue. "
        "Give the queue its fair_share again (queues in the tfvars file), or another key: that makes a new "
        "queue without, and ends this one with all jobs that wait in it"
    ),
    r"Cannot delete, found existing JobQueue relationship": (
        "a queue still uses the compute environment, which Batch may be about to change: apply again. If it "
        "stays so, a queue made elsewhere uses it: take it from there first"
    ),
    r"Cannot add a scheduling policy": (
        "this can never work, now or later: Batch gives no policy to a queue that was made without. Leave "
        "fair_share out of the queue, or give the queue another key: that makes a new one, and ends this one "
        "with all jobs that wait in it"
    ),
}
_LOCK = re.compile(
    r"\bID:\s+(\S+).*Operation:\s+(?:OperationType)?(\S+)\s+Who:\s+(\S+).*Created:\s+([-\d]+ [:\d]+)"
)


class TerraformError(BatchyardError):
    """Terraform ended with errors.

    Args:
        doing: what it was asked, such as `plan`.
        diagnostics: its messages, as in `-json` output.
        text: what it printed besides, for the case that there are no messages.
    """

    def __init__(self, doing: str, diagnostics: Sequence[Mapping[str, Any]], text: str = "") -> None:
        errors = [item for item in diagnostics if item.get("severity") == "error"]
        parts = [_sentence(item) for item in errors] or [_tail(text) or "no message"]
        what = f"terraform {doing} failed: " + "\n  ".join(parts)
        super().__init__(what, where=_place(errors[0]) if errors else "terraform", fix=remedy(what + text))
        self.needs_init = "set up anew" in self.fix


def remedy(text: str) -> str:
    """Return what helps against an error text, or nothing."""
    for pattern, fix in _REMEDIES.items():
        if found := re.search(pattern, text, re.IGNORECASE):
            return fix.format(**found.groupdict()) if found.groupdict() else fix
    return ""


def _sentence(diagnostic: Mapping[str, Any]) -> str:
    summary, detail = str(diagnostic.get("summary", "")).strip(), str(diagnostic.get("detail", "")).strip()
    lock = _LOCK.search(" ".join(detail.split())) if "state lock" in summary else None
    if lock:
        number, operation, who, since = lock.groups()
        return f"the state is locked by {who}, {operation.lower()} since {since} UTC, lock {number}"
    address = diagnostic.get("address")
    text = f"{summary}: {' '.join(detail.split())}" if detail else summary
    return f"{address}: {text}" if address else text


def _place(diagnostic: Mapping[str, Any]) -> str:
    at = diagnostic.get("range")
    if not at:
        return "terraform"
    # Names are relative to the root module, but for the tfvars file, which is given by its whole path.
    file = Path(str(at["filename"]))
    name = Path("environments", file.name) if file.suffix == ".tfvars" else file
    return f"{Path('terraform', name)}:{at['start']['line']}"


def _tail(text: str) -> str:
    """Return Terraform's plain text without its frame."""
    lines = (line.strip("│╷╵ \t") for line in text.splitlines())
    return "\n  ".join(line for line in lines if line)
