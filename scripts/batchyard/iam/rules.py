"""The managed rules by which Step Functions hears how a `.sync` task ends.

It makes the rule, with the machine's role, when a machine that needs it is made or changed.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
"""

from __future__ import annotations

ACTIONS = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
NAMES = {
    "batch": "StepFunctionsGetEventsForBatchJobsRule",
    "ecs": "StepFunctionsGetEventsForECSTaskRule",
    "states": "StepFunctionsGetEventsForStepFunctionsExecutionRule",
}


def needs(service: str, region: str, account: str) -> list[tuple[str, str]]:
    """Return the pairs of action and rule ARN that `.sync` of an optimized integration needs."""
    arn = f"arn:aws:events:{region}:{account}:rule/{NAMES[service]}"
    return [(action, arn) for action in ACTIONS]
