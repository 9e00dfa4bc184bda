"""The services that `aws-sdk:` integrations name: boto3's name of each, its API model, and its IAM prefix."""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import Any

# Where boto3's name of a service is not the Java SDK's in lower case without spaces, as Resources have it
# (https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html).
CLIENTS = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "config": "config",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntime": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "marketplaceentitlement": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}
# Where actions in policies have another prefix than requests are signed for
# (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
_PREFIXES = {
    "cloudcontrolapi": "cloudformation",
    "iot-jobs-data": "iotjobsdata",
    "iotdata": "iot",
    "monitoring": "cloudwatch",
    "mturk-requester": "mechanicalturk",
    "tagging": "tag",
}
_LOADING = threading.Lock()


@cache
def client_name(service: str) -> str | None:
    """Return boto3's name of a service, such as `logs` for `cloudwatchlogs`; None if there is none."""
    if service in CLIENTS:
        return CLIENTS[service]
    names = {re.sub(r"[^a-z0-9]", "", name): name for name in _loader().list_available_services("service-2")}
    found = names.get(service)
    return None if found in CLIENTS.values() else found


@cache
def prefix(service: str) -> str:
    """Return what the actions of a service begin with in policies: `states` for `sfn`.

    Args:
        service: as an `aws-sdk:` integration names it; one that there is not is its own prefix.
    """
    client = client_name(service)
    if client is None:
        return service
    metadata = model(client).metadata
    signed = str(metadata.get("signingName") or metadata["endpointPrefix"])
    return _PREFIXES.get(signed, signed)


@cache
def has_action(service: str, action: str) -> bool:
    """Say whether there is such a service and action, as an `aws-sdk:` integration names them."""
    client = client_name(service)
    return client is not None and f"{action[:1].upper()}{action[1:]}" in model(client).operation_names


def model(client: str) -> Any:  # noqa: ANN401 - botocore publishes no types
    """Return the API model of a service by boto3's name; read once."""
    with _LOADING:
        return _model(client)


@cache
def _model(client: str) -> Any:  # noqa: ANN401
    from botocore.model import ServiceModel

    return ServiceModel(_loader().load_service_model(client, "service-2"), service_name=client)


@cache
def _loader() -> Any:  # noqa: ANN401
    from botocore.loaders import Loader

    return Loader()
