"""The operations on resources by name."""

from __future__ import annotations

from batchyard.local.states import (
    activities_api,
    aliases,
    machines_api,
    machines_describe,
    tags,
    test_state_api,
    validate_api,
    versions,
)
from batchyard.local.states.interface import Operation

OPERATIONS: dict[str, Operation] = {
    "CreateStateMachine": machines_api.create,
    "UpdateStateMachine": machines_api.update,
    "DescribeStateMachine": machines_describe.describe,
    "DescribeStateMachineForExecution": machines_describe.describe_for_execution,
    "ListStateMachines": machines_api.listing,
    "DeleteStateMachine": machines_api.delete,
    "PublishStateMachineVersion": versions.publish_version,
    "ListStateMachineVersions": versions.list_versions,
    "DeleteStateMachineVersion": versions.delete_version,
    "CreateStateMachineAlias": aliases.create,
    "UpdateStateMachineAlias": aliases.update,
    "DescribeStateMachineAlias": aliases.describe,
    "ListStateMachineAliases": aliases.listing,
    "DeleteStateMachineAlias": aliases.delete,
    "CreateActivity": activities_api.create,
    "DescribeActivity": activities_api.describe,
    "ListActivities": activities_api.listing,
    "DeleteActivity": activities_api.delete,
    "GetActivityTask": activities_api.get_task,
    "TagResource": tags.add,
    "UntagResource": tags.remove,
    "ListTagsForResource": tags.listing,
    "ValidateStateMachineDefinition": validate_api.validate,
    "TestState": test_state_api.test,
}
