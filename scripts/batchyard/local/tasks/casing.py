"""Names as AWS's Java SDK writes them, which Step Functions shows: services, members, exceptions.

Step Functions calls services through that SDK, and its documentation asks for PascalCase names
(https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html). The rules are those of
the SDK's code generator
(https://github.com/aws/aws-sdk-java-v2/blob/master/codegen/src/main/java/software/amazon/awssdk/codegen/naming/DefaultNamingStrategy.java).
"""

from __future__ import annotations

import re
from functools import cache

# Where a number has a `v` before it, where lower case meets upper, after an acronym, after a digit.
_BOUNDARIES = (
    (re.compile(r"[^A-Za-z0-9]+"), " "),
    (re.compile(r"([^a-z]{2,})v([0-9]+)"), r"\1 v\2 "),
    (re.compile(r"([^A-Z]{2,})V([0-9]+)"), r"\1 V\2 "),
    (re.compile(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])"), " "),
    (re.compile(r"([A-Z]+)([A-Z][a-z])"), r"\1 \2"),
    (re.compile(r"([0-9])([a-zA-Z])"), r"\1 \2"),
)


@cache
def pascal(text: str) -> str:
    """Return a name in PascalCase: `DynamoDB` is `DynamoDb`, `EC2` is `Ec2`."""
    for pattern, put in _BOUNDARIES:
        text = pattern.sub(put, text)
    return "".join(word[:1].upper() + word[1:].lower() for word in text.split())


@cache
def lower_first(name: str) -> str:
    """Return a name that begins in lower case: `ACL` is `acl`, `DBInstanceId` is `dbInstanceId`, `ETag` is
    `eTag`."""
    head = 1
    while head < len(name) and name[head].isupper() and not name[head + 1 : head + 2].islower():
        head += 1
    return name[:head].lower() + name[head:]


def capital(name: str) -> str:
    """Return a name with its first letter in upper case, as optimized integrations have members."""
    return name[:1].upper() + name[1:]


def sdk_member(name: str) -> str:
    """Return a member's name in an `aws-sdk:` integration: `DBInstanceId` is `DbInstanceId`."""
    return capital(lower_first(name))


def sdk_service(service_id: str) -> str:
    """Return a service's name in errors of `aws-sdk:` integrations.

    Args:
        service_id: of the API model, such as `DynamoDB`, `Config Service`.
    """
    return pascal(service_id).removeprefix("Amazon").removeprefix("Aws").removesuffix("Service")


@cache
def exception(shape: str) -> str:
    """Return the exception of an error shape: `NoSuchKey` is `NoSuchKeyException`."""
    name = pascal(shape)
    if name.endswith("Exception"):
        return name
    return name.removesuffix("Fault") + "Exception"
