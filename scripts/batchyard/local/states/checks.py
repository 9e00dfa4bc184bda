"""Checks of names, roles and encryption that the API's model does not hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from batchyard.local.batch.host import Scope
from batchyard.local.states.api_errors import ApiError

Json = dict[str, Any]

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
_NOT_IN_NAMES = re.compile(
    r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff\U0010ffff]"
)
_ROLE = re.compile(r"^arn:aws[a-z-]*:iam::(?P<account>[0-9]{12}):role/.+$")
_OWNED = {"type": "AWS_OWNED_KEY"}
# https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
_REUSE_SECONDS = 300


def name(value: str) -> None:
    """Check a name of a state machine, an activity or an execution.

    Raises:
        ApiError: InvalidName.
    """
    if _NOT_IN_NAMES.search(value):
        raise ApiError("InvalidName", f"Invalid Name: '{value}'")


def role(scope: Scope, arn: str) -> None:
    """Check a machine's role: an IAM role of the account that the machine is in.

    Raises:
        ApiError: InvalidArn, AccessDeniedException.
    """
    found = _ROLE.match(arn)
    if not found:
        raise ApiError("InvalidArn", f"Invalid Role Arn: '{arn}'")
    if found["account"] != scope.account:
        raise ApiError("AccessDeniedException", "Cross-account pass role is not allowed.")


def encryption(given: Mapping[str, Any] | None) -> Json:
    """Return an encryption configuration as it is described, defaults included.

    Raises:
        ApiError: InvalidEncryptionConfiguration.
    """
    if not given or given["type"] == "AWS_OWNED_KEY":
        if given and (given.get("kmsKeyId") or given.get("kmsDataKeyReusePeriodSeconds") is not None):
            raise _encryption("kmsKeyId and kmsDataKeyReusePeriodSeconds can not be set with AWS_OWNED_KEY")
        return dict(_OWNED)
    if not given.get("kmsKeyId"):
        raise _encryption("kmsKeyId must be set with CUSTOMER_MANAGED_KMS_KEY")
    period = given.get("kmsDataKeyReusePeriodSeconds")
    return {
        "kmsKeyId": given["kmsKeyId"],
        "kmsDataKeyReusePeriodSeconds": _REUSE_SECONDS if period is None else period,
        "type": given["type"],
    }


def _encryption(reason: str) -> ApiError:
    return ApiError("InvalidEncryptionConfiguration", f"Invalid Encryption Configuration: {reason}")
