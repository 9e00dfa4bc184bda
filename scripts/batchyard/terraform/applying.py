"""Apply and destroy: saved plans only, with progress."""

from __future__ import annotations

from batchyard.environments import Environment
from batchyard.terraform import saved, settings
from batchyard.terraform.command import FLAG
from batchyard.terraform.diagnostics import TerraformError
from batchyard.terraform.initialise import forget, init
from batchyard.terraform.plans import LOCK_TIMEOUT, PlanResult, plan
from batchyard.terraform.progress import Report, Stream, quiet
from batchyard.terraform.summary import Summary


def apply(environment: Environment | str, *, report: Report = quiet) -> Summary:
    """Apply the saved plan, and nothing else.

    Args:
        environment: where.
        report: called for each resource that is done.

    Returns:
        What was changed.

    Raises:
        BatchyardError: there is no plan, it is out of date, or Terraform fails.
        KeyboardInterrupt: Ctrl-C; Terraform has finished the resources it was at, and saved its state.
    """
    return _apply(environment, destroy=False, report=report)


def plan_destroy(environment: Environment | str) -> PlanResult:
    """Plan to destroy everything of the environment; nothing is destroyed yet."""
    return plan(environment, destroy=True)


def destroy(environment: Environment | str, *, report: Report = quiet) -> Summary:
    """Destroy what the saved plan of `plan_destroy` names.

    Args:
        environment: where.
        report: called for each resource that is gone.

    Raises:
        BatchyardError: there is no such plan, or Terraform fails.
        KeyboardInterrupt: as for `apply`.
    """
    return _apply(environment, destroy=True, report=report)


def _apply(environment: Environment | str, *, destroy: bool, report: Report) -> Summary:
    environment = settings.resolve(environment)
    target = saved.require_current(environment, destroy=destroy)
    summary = saved.summary(environment, destroy=destroy)
    init(environment)
    stream = Stream(report, total=summary.operations)
    code, err = settings.command(environment).stream(
        "apply", str(target.plan), on_line=stream.line, json=FLAG, input=False, lock_timeout=LOCK_TIMEOUT
    )
    if code:
        doing = "destroy" if destroy else "apply"
        error = TerraformError(doing, stream.diagnostics, err + "".join(stream.text))
        if error.needs_init:
            forget(environment)
        raise error
    target.remove()
    return summary
