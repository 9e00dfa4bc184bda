"""All rules with what checkov shows of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from batchyard.policies import rules

_JOB = ("aws_batch_job_definition",)
PREFIX = "CKV_BATCHYARD_"


@dataclass(frozen=True)
class Rule:
    """A check.

    Args:
        number: what its id ends with; never used twice.
        title: what holds, as a sentence.
        fix: what to set where it does not.
        resources: Terraform's types that it looks at.
        find: what is wrong with the arguments of such a resource; None where that can not be told.
    """

    number: int
    title: str
    fix: str
    resources: tuple[str, ...]
    find: Callable[[rules.Resource], rules.Found]

    @property
    def id(self) -> str:
        """Return the id that a finding and a skip name."""
        return f"{PREFIX}{self.number}"


RULES = (
    Rule(
        1,
        "No container of a Batch job is privileged",
        "leave privileged out; a job that needs one device or capability asks for it with devices",
        _JOB,
        rules.privileged,
    ),
    Rule(
        2,
        "Every container of a Batch job names an image that stays the same",
        "name a tag other than latest, or a digest (image_uri: <repository>@sha256:...)",
        _JOB,
        rules.moving_images,
    ),
    Rule(
        3,
        "Every Batch job has a timeout",
        "set timeout to the longest that one attempt may take, at least 60 seconds",
        _JOB,
        rules.timeout,
    ),
    Rule(
        4,
        "Every Batch job has a retry strategy that ends with EXIT on *",
        "set retry to spot, spot-then-on-demand or none, or end its rules with EXIT on *",
        _JOB,
        rules.retry,
    ),
    Rule(
        5,
        "No environment variable of a Batch job holds a secret",
        "store it in Secrets Manager or SSM Parameter Store, and name its ARN under secrets",
        _JOB,
        rules.secrets_in_environment,
    ),
    Rule(
        6,
        "A Batch job has an execution role where it needs one",
        "set executionRoleArn to a role that may pull the image, write the log and read the secrets",
        _JOB,
        rules.execution_role,
    ),
    Rule(
        7,
        "Every Batch job has a role of its own",
        "set jobRoleArn, taskRoleArn or a pod's serviceAccountName, even to one that allows nothing",
        _JOB,
        rules.job_role,
    ),
    Rule(
        8,
        "No Batch job has a public address",
        "leave public_ip out, and let private subnets reach AWS by endpoints or a NAT gateway",
        _JOB,
        rules.public_addresses,
    ),
    Rule(
        9,
        "Tags of an ECR repository are immutable",
        "set image_tag_mutability to IMMUTABLE, because a job definition names images by tag",
        ("aws_ecr_repository", "aws_ecr_repository_creation_template"),
        rules.mutable_tags,
    ),
)
