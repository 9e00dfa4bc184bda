"""Which optimized integrations there are, and how each of them can wait.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html and the pages it lists.
"""

from __future__ import annotations

from batchyard.asl.resource import Integration

_SYNC, _TOKEN = frozenset(["request", "sync"]), frozenset(["request", "waitForTaskToken"])
_REQUEST, _ALL = frozenset(["request"]), _SYNC | _TOKEN
# By service: the patterns, then the actions that have them.
_TABLE: dict[str, list[tuple[frozenset[str], str]]] = {
    "apigateway": [(_TOKEN, "invoke")],
    "athena": [
        (_SYNC, "startQueryExecution"),
        (_REQUEST, "stopQueryExecution getQueryExecution getQueryResults"),
    ],
    "batch": [(_SYNC, "submitJob")],
    "bedrock": [(_TOKEN, "invokeModel"), (_SYNC, "createModelCustomizationJob")],
    "codebuild": [
        (_SYNC, "startBuild startBuildBatch retryBuildBatch"),
        (_REQUEST, "stopBuild batchDeleteBuilds batchGetReports stopBuildBatch deleteBuildBatch"),
    ],
    "databrew": [(_SYNC, "startJobRun")],
    "dynamodb": [(_REQUEST, "getItem putItem updateItem deleteItem")],
    "ecs": [(_ALL, "runTask")],
    "eks": [
        (_SYNC, "createCluster deleteCluster createNodegroup deleteNodegroup"),
        (_SYNC, "createFargateProfile deleteFargateProfile"),
        (_ALL, "runJob call"),
    ],
    "elasticmapreduce": [
        (_SYNC, "createCluster terminateCluster addStep"),
        (_REQUEST, "cancelStep setClusterTerminationProtection modifyInstanceFleetByName"),
        (_REQUEST, "modifyInstanceGroupByName"),
    ],
    "emr-containers": [(_REQUEST, "createVirtualCluster"), (_SYNC, "deleteVirtualCluster startJobRun")],
    "emr-serverless": [
        (
            _SYNC,
            "createApplication startApplication stopApplication deleteApplication startJobRun cancelJobRun",
        )
    ],
    "events": [(_TOKEN, "putEvents")],
    "glue": [(_SYNC, "startJobRun")],
    "http": [(_REQUEST, "invoke")],
    "lambda": [(_TOKEN, "invoke")],
    "mediaconvert": [(_SYNC, "createJob")],
    "sagemaker": [
        (_SYNC, "createHyperParameterTuningJob createLabelingJob createProcessingJob createTrainingJob"),
        (_SYNC, "createTransformJob"),
        (_REQUEST, "createEndpoint createEndpointConfig createModel updateEndpoint"),
    ],
    "sns": [(_TOKEN, "publish")],
    "sqs": [(_TOKEN, "sendMessage")],
    "states": [(_ALL, "startExecution")],
}
PATTERNS: dict[tuple[str, str], frozenset[str]] = {
    (service, action): patterns
    for service, rows in _TABLE.items()
    for patterns, actions in rows
    for action in actions.split()
}


def exists(call: Integration) -> bool:
    """Say whether Step Functions has an integration."""
    if call.kind in ("lambda", "activity"):
        return True
    if call.kind == "sdk":
        # Actions are in camel case, and no SDK call waits for a job.
        return call.pattern != "sync" and call.action[0].islower()
    if call.version == 2 and (call.service, call.action) != ("states", "startExecution"):
        return False
    return call.pattern in PATTERNS.get((call.service, call.action), ())
