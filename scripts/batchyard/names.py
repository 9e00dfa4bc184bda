"""Names and ARNs of everything the kit makes: static, so that they are known before anything exists.

Terraform receives these names and invents none.
"""

from __future__ import annotations

from dataclasses import dataclass

ALIAS = "live"


@dataclass(frozen=True)
class Names:
    """Names within one environment of one account and region."""

    project: str
    environment: str
    account: str
    region: str
    partition: str = "aws"

    @property
    def prefix(self) -> str:
        """Return what every name starts with."""
        return f"{self.project}-{self.environment}"

    def arn(
        self, service: str, resource: str, *, region: str | None = None, account: str | None = None
    ) -> str:
        """Return an ARN; pass empty strings for services without region or account (S3, IAM)."""
        at = self.region if region is None else region
        owner = self.account if account is None else account
        return f"arn:{self.partition}:{service}:{at}:{owner}:{resource}"

    def bucket(self, key: str) -> str:
        return f"{self.prefix}-{self.account}-{key}"

    def bucket_arn(self, key: str) -> str:
        return self.arn("s3", self.bucket(key), region="", account="")

    def state_bucket(self) -> str:
        return self.bucket("tfstate")

    def topic_arn(self) -> str:
        return self.arn("sns", f"{self.prefix}-notifications")

    def queue(self, key: str) -> str:
        return f"{self.prefix}-{key}"

    def queue_arn(self, key: str) -> str:
        return self.arn("batch", f"job-queue/{self.queue(key)}")

    def job_definition(self, workflow: str, job: str) -> str:
        return f"{self.prefix}-{workflow}-{job}"

    def job_definition_arn(self, workflow: str, job: str) -> str:
        return self.arn("batch", f"job-definition/{self.job_definition(workflow, job)}")

    def job_role(self, workflow: str, job: str) -> str:
        return f"{self.job_definition(workflow, job)}-job"

    def execution_role(self, workflow: str, job: str) -> str:
        return f"{self.job_definition(workflow, job)}-exec"

    def function(self, workflow: str, function: str) -> str:
        return f"{self.prefix}-{workflow}-{function}"

    def function_arn(self, workflow: str, function: str) -> str:
        """Return the ARN of the alias that callers use."""
        return self.arn("lambda", f"function:{self.function(workflow, function)}:{ALIAS}")

    def function_role(self, workflow: str, function: str) -> str:
        return f"{self.function(workflow, function)}-function"

    def state_machine(self, workflow: str) -> str:
        return f"{self.prefix}-{workflow}"

    def state_machine_arn(self, workflow: str) -> str:
        return self.arn("states", f"stateMachine:{self.state_machine(workflow)}")

    def state_machine_role(self, workflow: str) -> str:
        return f"{self.state_machine(workflow)}-states"

    def role_arn(self, name: str) -> str:
        return self.arn("iam", f"role/{name}", region="")

    def repository(self, image: str) -> str:
        return f"{self.prefix}/{image}"

    def image(self, image: str, tag: str) -> str:
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com/{self.repository(image)}:{tag}"
