"""How an apply and a destroy look while Terraform is at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from batchyard.output import Output

if TYPE_CHECKING:
    from batchyard.terraform.progress import Report
    from batchyard.terraform.summary import Summary


def carry_out(out: Output, environment: str, doing: str, work: Callable[..., Summary]) -> None:
    """Carry out a saved plan with progress, and print what was done.

    Args:
        out: where to.
        environment: its name.
        doing: `apply` or `destroy`.
        work: takes `report`, which is called for each resource that is done.
    """
    try:
        with out.progress(f"{doing} {environment}") as advance:
            report: Report = lambda step: advance(step.done, step.total, step.text)  # noqa: E731
            done = work(report=report)
    except KeyboardInterrupt:
        rest = f"batchyard plan --env {environment}"
        out.note(f"interrupted: what was done is kept in the state; {rest} shows what is left")
        raise
    out.line(f"destroyed: {_resources(done)}" if doing == "destroy" else f"applied: {done.past()}")
    out.data(done.document())


def _resources(destroyed: Summary) -> str:
    count = destroyed.counts["destroy"]
    return f"{count} resource{'' if count == 1 else 's'}"
