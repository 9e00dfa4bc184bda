"""Every field of RegisterJobDefinition: the manifest key that makes it, or why there is none.

Paths are those of https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html:
`[]` is each item of a list, `{}` each entry of a map. What is not supported is named as high up as possible.
"""

from __future__ import annotations

from collections.abc import Mapping

_PROVIDER = "Terraform's AWS provider 5.100, which is pinned, has no argument for it"
_DROPPED = "newer than Terraform's AWS provider 5.100, which is pinned and would drop it without a word"
_SHELL = "a shell in a running job leaves no trace in its run, and needs a role that may open channels"
_ROUTER = "needs a log router beside each container; the drivers of `log` need none"
_PORT = "the EFS mount helper chooses a free port"
_DEPRECATED = "deprecated by AWS for resourceRequirements"
_STOP = "every container has ECS's default of 30 seconds to stop, as it has locally"
_OF_FARGATE = "of Fargate, where AWS Batch runs no multi-node job"

# Of every container of ECS.
_CONTAINER = {
    "image": "image, image_uri",
    "command[]": "command",
    "environment[].name": "environment",
    "environment[].value": "environment",
    "secrets[].name": "secrets",
    "secrets[].valueFrom": "secrets",
    "resourceRequirements[].type": "vcpus, memory, gpus",
    "resourceRequirements[].value": "vcpus, memory, gpus",
    "mountPoints[].sourceVolume": "mounts[].volume, scratch",
    "mountPoints[].containerPath": "mounts[].path, scratch",
    "mountPoints[].readOnly": "mounts[].readonly",
    "readonlyRootFilesystem": "readonly_root",
    "privileged": "privileged",
    "user": "user",
    "ulimits[].name": "ulimits",
    "ulimits[].softLimit": "ulimits.<name>.soft",
    "ulimits[].hardLimit": "ulimits.<name>.hard",
    "linuxParameters.devices[].hostPath": "devices[].host",
    "linuxParameters.devices[].containerPath": "devices[].container",
    "linuxParameters.devices[].permissions[]": "devices[].permissions",
    "linuxParameters.initProcessEnabled": "init",
    "linuxParameters.sharedMemorySize": "shared_memory",
    "linuxParameters.tmpfs[].containerPath": "tmpfs[].path",
    "linuxParameters.tmpfs[].size": "tmpfs[].size",
    "linuxParameters.tmpfs[].mountOptions[]": "tmpfs[].options",
    "linuxParameters.maxSwap": "swap.max",
    "linuxParameters.swappiness": "swap.swappiness",
    "logConfiguration.logDriver": "log.driver",
    "logConfiguration.options{}": "log.options",
    "logConfiguration.secretOptions[].name": "log.secret_options",
    "logConfiguration.secretOptions[].valueFrom": "log.secret_options",
    "repositoryCredentials.credentialsParameter": "repository_credentials",
}
_VOLUMES = {
    "volumes[].name": "volumes, scratch",
    "volumes[].host.sourcePath": "volumes.<name>.host, scratch",
    "volumes[].efsVolumeConfiguration.fileSystemId": "volumes.<name>.efs.file_system",
    "volumes[].efsVolumeConfiguration.rootDirectory": "volumes.<name>.efs.root",
    "volumes[].efsVolumeConfiguration.transitEncryption": "volumes.<name>.efs.transit_encryption",
    "volumes[].efsVolumeConfiguration.authorizationConfig.accessPointId": "volumes.<name>.efs.access_point",
    "volumes[].efsVolumeConfiguration.authorizationConfig.iam": "volumes.<name>.efs.iam",
}
_NO_VOLUMES = {
    "volumes[].efsVolumeConfiguration.transitEncryptionPort": _PORT,
    "volumes[].s3filesVolumeConfiguration": _DROPPED,
}
_ROLES = {"jobRoleArn": "permissions (the role is derived)", "executionRoleArn": "derived"}
_NO_SINGLE = {
    "vcpus": _DEPRECATED,
    "memory": _DEPRECATED,
    "enableExecuteCommand": _SHELL,
    **_NO_VOLUMES,
}
_FARGATE = {
    "networkConfiguration.assignPublicIp": "public_ip",
    "ephemeralStorage.sizeInGiB": "ephemeral_storage",
    "runtimePlatform.operatingSystemFamily": "operating_system",
    "runtimePlatform.cpuArchitecture": "architecture",
}
_POD_CONTAINER = {
    "name": "containers.<name>",
    "image": "image, image_uri",
    "imagePullPolicy": "pull_policy",
    "command[]": "entrypoint",
    "args[]": "command",
    "env[].name": "environment",
    "env[].value": "environment",
    "resources.limits{}": "vcpus, memory, gpus",
    "volumeMounts[].name": "mounts[].volume",
    "volumeMounts[].mountPath": "mounts[].path",
    "volumeMounts[].readOnly": "mounts[].readonly",
    "securityContext.runAsUser": "user",
    "securityContext.runAsGroup": "user",
    "securityContext.privileged": "privileged",
    "securityContext.readOnlyRootFilesystem": "readonly_root",
    "securityContext.runAsNonRoot": "allow_root",
}
_NO_POD_CONTAINER = {
    "resources.requests": "Kubernetes requests what is limited; less would overcommit the node",
    "volumeMounts[].subPath": _PROVIDER,
    "securityContext.allowPrivilegeEscalation": _PROVIDER,
}


def _under(prefix: str, fields: Mapping[str, str]) -> dict[str, str]:
    return {f"{prefix}.{path}": said for path, said in fields.items()}


_NODE = "nodeProperties.nodeRangeProperties[].container"
_TASK = "ecsProperties.taskProperties[]"
_POD = "eksProperties.podProperties"

SUPPORTED: dict[str, str] = {
    "jobDefinitionName": "derived: <project>-<environment>-<workflow>-<job>",
    "type": "kind",
    "platformCapabilities[]": "kind, platform",
    "parameters{}": "parameters",
    "schedulingPriority": "scheduling_priority",
    "retryStrategy.attempts": "retry",
    "retryStrategy.evaluateOnExit[].onStatusReason": "retry.rules[].on_status_reason",
    "retryStrategy.evaluateOnExit[].onReason": "retry.rules[].on_reason",
    "retryStrategy.evaluateOnExit[].onExitCode": "retry.rules[].on_exit_code",
    "retryStrategy.evaluateOnExit[].action": "retry.rules[].action",
    "propagateTags": "always true (not of kind eks, where AWS refuses it)",
    "timeout.attemptDurationSeconds": "timeout",
    "tags{}": "tags",
    **_under("containerProperties", {**_CONTAINER, **_VOLUMES, **_ROLES, **_FARGATE}),
    "containerProperties.fargatePlatformConfiguration.platformVersion": "platform_version",
    **_under(_TASK, {**_under("containers[]", _CONTAINER), **_VOLUMES, **_FARGATE}),
    f"{_TASK}.containers[].name": "containers.<name>",
    f"{_TASK}.containers[].essential": "essential",
    f"{_TASK}.containers[].dependsOn[].containerName": "depends_on",
    f"{_TASK}.containers[].dependsOn[].condition": "depends_on",
    f"{_TASK}.taskRoleArn": "permissions (the role is derived)",
    f"{_TASK}.executionRoleArn": "derived",
    f"{_TASK}.platformVersion": "platform_version",
    f"{_TASK}.ipcMode": "ipc_mode",
    f"{_TASK}.pidMode": "pid_mode",
    "nodeProperties.numNodes": "nodes",
    "nodeProperties.mainNode": "main_node",
    "nodeProperties.nodeRangeProperties[].targetNodes": "ranges",
    **_under(_NODE, {**_CONTAINER, **_VOLUMES, **_ROLES, "instanceType": "instance_type"}),
    **_under(f"{_POD}.containers[]", _POD_CONTAINER),
    **_under(f"{_POD}.initContainers[]", {**_POD_CONTAINER, "name": "init_containers.<name>"}),
    f"{_POD}.serviceAccountName": "pod.service_account",
    f"{_POD}.hostNetwork": "pod.host_network",
    f"{_POD}.dnsPolicy": "pod.dns_policy",
    f"{_POD}.imagePullSecrets[].name": "pod.image_pull_secrets",
    f"{_POD}.shareProcessNamespace": "pod.share_process_namespace",
    f"{_POD}.metadata.labels{{}}": "pod.labels",
    f"{_POD}.volumes[].name": "pod.volumes",
    f"{_POD}.volumes[].hostPath.path": "pod.volumes.<name>.host",
    f"{_POD}.volumes[].emptyDir.medium": "pod.volumes.<name>.empty.medium",
    f"{_POD}.volumes[].emptyDir.sizeLimit": "pod.volumes.<name>.empty.size_limit",
    f"{_POD}.volumes[].secret.secretName": "pod.volumes.<name>.secret.name",
    f"{_POD}.volumes[].secret.optional": "pod.volumes.<name>.secret.optional",
}

NOT_SUPPORTED: dict[str, str] = {
    "consumableResourceProperties": f"{_PROVIDER} (hashicorp/terraform-provider-aws#41881)",
    **_under("containerProperties", _NO_SINGLE),
    "containerProperties.instanceType": "of multi-node jobs alone",
    f"{_TASK}.containers[].firelensConfiguration": _ROUTER,
    f"{_TASK}.containers[].startTimeout": "the job's timeout bounds the wait for another container too",
    f"{_TASK}.containers[].stopTimeout": _STOP,
    f"{_TASK}.enableExecuteCommand": _SHELL,
    f"{_TASK}.networkMode": "of ECS Managed Instances alone",
    **_under(_TASK, _NO_VOLUMES),
    **_under(_NODE, _NO_SINGLE),
    f"{_NODE}.networkConfiguration": _OF_FARGATE,
    f"{_NODE}.fargatePlatformConfiguration": _OF_FARGATE,
    f"{_NODE}.ephemeralStorage": _OF_FARGATE,
    f"{_NODE}.runtimePlatform": _OF_FARGATE,
    "nodeProperties.nodeRangeProperties[].instanceTypes": "instance_type is written to each container",
    "nodeProperties.nodeRangeProperties[].ecsProperties": "a node has one container",
    "nodeProperties.nodeRangeProperties[].eksProperties": "multi-node jobs of this kit run on EC2",
    "nodeProperties.nodeRangeProperties[].consumableResourceProperties": _PROVIDER,
    **_under(f"{_POD}.containers[]", _NO_POD_CONTAINER),
    **_under(f"{_POD}.initContainers[]", _NO_POD_CONTAINER),
    f"{_POD}.volumes[].persistentVolumeClaim": _PROVIDER,
    f"{_POD}.metadata.annotations": _PROVIDER,
    f"{_POD}.metadata.namespace": _PROVIDER,
}


def said_of(leaf: str) -> tuple[bool, str] | None:
    """Return whether a field is supported, with its key or the reason; None if the table leaves it out.

    Args:
        leaf: the path of a field that holds a value.
    """
    if leaf in SUPPORTED:
        return True, SUPPORTED[leaf]
    for path, reason in NOT_SUPPORTED.items():
        if leaf == path or leaf.startswith((f"{path}.", f"{path}[]", f"{path}{{}}")):
            return False, reason
    return None
