"""Telling a secret that stands in an environment variable as plain text.

Manifests, the linter and the policies ask here. Checkov loads this file where nothing else is installed.
"""

from __future__ import annotations

import re

# The name says what the value is; a name that ends in _ARN, _NAME, _FILE and the like says where it is.
_NAME = re.compile(
    r"(^|[_-])(PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY(_ID)?|PRIVATE_KEY|SECRET_KEY|CREDENTIALS?)"
    r"(_?VALUE|_?\d+)?$",
    re.IGNORECASE,
)
# What is not a secret whatever the name: a switch, a small number, the ARN of a secret, an expression.
_HARMLESS = re.compile(
    r"^(true|false|yes|no|on|off|\d{1,4}|arn:aws[a-z-]*:.*|Ref::.*|\$\{.*|(var|local)\..*)$", re.I
)
_VALUES = {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    "the id of an AWS access key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile(r"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----"),
    "a URL with a password": re.compile(r"://[^/\s:@]+:[^/\s@]+@"),
    # https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{22,}"),
    # https://api.slack.com/authentication/token-types
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    # https://www.rfc-editor.org/rfc/rfc7519#section-3.1
    "a signed JSON token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."),
}


def found(name: str, value: str) -> str | None:
    """Return what gives a variable away as a secret, without repeating its value; None where nothing does.

    Args:
        name: the variable's name.
        value: its value.
    """
    for what, pattern in _VALUES.items():
        if pattern.search(value):
            return f"holds {what}"
    if _NAME.search(name) and not _HARMLESS.match(value):
        return "is a secret by its name"
    return None
