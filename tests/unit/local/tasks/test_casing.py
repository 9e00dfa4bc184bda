"""Names as the Java SDK writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.local.tasks import casing

WORD = st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("service_id", "expected"),
    [  # https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
        ("DynamoDB", "DynamoDb"),
        ("S3", "S3"),
        ("SFN", "Sfn"),
        ("EC2", "Ec2"),
        ("SQS", "Sqs"),
        ("Secrets Manager", "SecretsManager"),
        ("CloudWatch Logs", "CloudWatchLogs"),
        ("EventBridge", "EventBridge"),
        ("RDS Data", "RdsData"),
        ("Config Service", "Config"),
        ("SESv2", "SesV2"),
        ("Elastic Load Balancing v2", "ElasticLoadBalancingV2"),
        ("Auto Scaling", "AutoScaling"),
        ("API Gateway", "ApiGateway"),
    ],
)
def test_services(service_id: str, expected: str) -> None:
    assert casing.sdk_service(service_id) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nextToken", "NextToken"),
        ("ETag", "ETag"),
        ("ACL", "Acl"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("MD5OfBody", "Md5OfBody"),
        ("VPCZoneIdentifier", "VpcZoneIdentifier"),
        ("Bucket", "Bucket"),
    ],
)
def test_members(name: str, expected: str) -> None:
    assert casing.sdk_member(name) == expected


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("NoSuchKey", "NoSuchKeyException"),
        ("ResourceNotFoundException", "ResourceNotFoundException"),
        ("StateMachineDoesNotExist", "StateMachineDoesNotExistException"),
        ("DBInstanceNotFoundFault", "DbInstanceNotFoundException"),
    ],
)
def test_exceptions(shape: str, expected: str) -> None:
    assert casing.exception(shape) == expected


@given(st.lists(WORD, min_size=1, max_size=4))
def test_plain_camel_case_goes_there_and_back(words: list[str]) -> None:
    pascal = "".join(words)
    camel = casing.lower_first(pascal)
    assert camel == words[0].lower() + "".join(words[1:])
    assert casing.sdk_member(camel) == casing.capital(camel) == pascal


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,15}", fullmatch=True))
def test_naming_changes_case_alone(name: str) -> None:
    assert casing.sdk_member(name).lower() == casing.pascal(name).lower() == name.lower()
    assert casing.exception(name).endswith("Exception")
