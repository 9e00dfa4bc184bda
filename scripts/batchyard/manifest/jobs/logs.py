"""Where a container's output goes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from batchyard import plain_secrets
from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data
from batchyard.manifest.jobs.secret import SecretArn

# https://docs.aws.amazon.com/batch/latest/APIReference/API_LogConfiguration.html
Driver = Literal["awslogs", "fluentd", "gelf", "journald", "json-file", "splunk", "syslog"]
FARGATE_DRIVERS = ("awslogs", "splunk")


class Log(Data):
    """A log driver of a container's own; without one, output goes to /aws/batch/job in CloudWatch."""

    driver: Driver
    options: dict[str, str] = Field(default={})
    secret_options: dict[str, SecretArn] = Field(default={})

    @model_validator(mode="after")
    def _no_secret(self) -> Log:
        for name, value in self.options.items():
            if plain_secrets.found(name, value):
                fix = f"write secret_options: {{{name}: <ARN>}}"
                raise Broken("a secret in clear", at=("options", name), fix=fix)
        return self
