# A job definition of every kind, each with all that its kind can hold, through the module.
locals {
  _arn      = "arn:aws:iam::000000000000:role"
  _registry = "000000000000.dkr.ecr.us-east-1.amazonaws.com/batchyard-test"

  _retries = {
    attempts = 3
    evaluateOnExit = [
      { onStatusReason = "Host EC2*", action = "RETRY" },
      { onReason = "*", action = "EXIT" },
    ]
  }

  _resources = [{ type = "VCPU", value = "2" }, { type = "MEMORY", value = "4096" }]
  _variables = [{ name = "MODE", value = "fast" }, { name = "AWS_DEFAULT_REGION", value = "us-east-1" }]
  _logs      = { logDriver = "awslogs", options = { "awslogs-group" = "/aws/batch/job" } }

  _container = {
    image                  = "${local._registry}/align:0123456789ab"
    command                = ["--threads", "Ref::threads"]
    resourceRequirements   = local._resources
    environment            = local._variables
    secrets                = [{ name = "TOKEN", valueFrom = "arn:aws:ssm:us-east-1:000000000000:parameter/token" }]
    user                   = "1000:1000"
    readonlyRootFilesystem = true
    privileged             = false
    ulimits                = [{ name = "nofile", softLimit = 1024, hardLimit = 65536 }]
    volumes = [
      { name = "scratch", host = { sourcePath = "/scratch" } },
      { name = "shared", efsVolumeConfiguration = { fileSystemId = "fs-0123456789abcdef0", rootDirectory = "/", transitEncryption = "ENABLED" } },
    ]
    mountPoints = [{ sourceVolume = "scratch", containerPath = "/scratch", readOnly = false }]
    linuxParameters = {
      initProcessEnabled = true
      sharedMemorySize   = 64
      maxSwap            = 1024
      swappiness         = 10
      devices            = [{ hostPath = "/dev/fuse", containerPath = "/dev/fuse", permissions = ["READ", "WRITE"] }]
      tmpfs              = [{ containerPath = "/tmp", size = 64, mountOptions = ["noexec"] }]
    }
    logConfiguration = local._logs
  }

  _fargate = {
    image                        = "${local._registry}/fetch:0123456789ab"
    command                      = ["run"]
    resourceRequirements         = local._resources
    environment                  = local._variables
    networkConfiguration         = { assignPublicIp = "DISABLED" }
    fargatePlatformConfiguration = { platformVersion = "LATEST" }
    runtimePlatform              = { cpuArchitecture = "X86_64", operatingSystemFamily = "LINUX" }
    ephemeralStorage             = { sizeInGiB = 30 }
    logConfiguration             = local._logs
    repositoryCredentials        = { credentialsParameter = "arn:aws:secretsmanager:us-east-1:000000000000:secret:registry-AbCdEf" }
  }

  _task = {
    executionRoleArn = "${local._arn}/batchyard-test-multi-container-exec"
    taskRoleArn      = "${local._arn}/batchyard-test-multi-container-job"
    ipcMode          = "task"
    pidMode          = "task"
    volumes          = [{ name = "scratch", host = { sourcePath = "/scratch" } }]
    containers = [
      {
        name                 = "server"
        image                = "${local._registry}/maze-server:0123456789ab"
        command              = ["--port", "8000"]
        essential            = false
        environment          = local._variables
        resourceRequirements = local._resources
        mountPoints          = [{ sourceVolume = "scratch", containerPath = "/scratch", readOnly = false }]
        linuxParameters      = { sharedMemorySize = 64 }
        logConfiguration     = local._logs
      },
      {
        name                   = "agent"
        image                  = "${local._registry}/maze-agent:0123456789ab"
        command                = ["--server", "http://127.0.0.1:8000"]
        dependsOn              = [{ containerName = "server", condition = "START" }]
        resourceRequirements   = local._resources
        readonlyRootFilesystem = true
        secrets                = [{ name = "TOKEN", valueFrom = "arn:aws:ssm:us-east-1:000000000000:parameter/token" }]
      },
    ]
  }

  _nodes = {
    mainNode = 0
    numNodes = 3
    nodeRangeProperties = [
      { targetNodes = "0", container = merge(local._container, { instanceType = "c6i.xlarge", jobRoleArn = "${local._arn}/batchyard-test-multi-node-job" }) },
      {
        targetNodes = "1:"
        container = {
          image                = "${local._registry}/mpi:0123456789ab"
          command              = ["worker"]
          instanceType         = "c6i.xlarge"
          jobRoleArn           = "${local._arn}/batchyard-test-multi-node-job"
          resourceRequirements = local._resources
          environment          = local._variables
        }
      },
    ]
  }

  _pod = { podProperties = {
    serviceAccountName    = "jobs"
    hostNetwork           = false
    dnsPolicy             = "ClusterFirst"
    shareProcessNamespace = true
    imagePullSecrets      = [{ name = "registry" }]
    metadata              = { labels = { team = "genomics" } }
    containers = [{
      name            = "score"
      image           = "${local._registry}/score:0123456789ab"
      imagePullPolicy = "IfNotPresent"
      command         = ["score"]
      args            = ["--all"]
      env             = [{ name = "MODE", value = "fast" }]
      resources       = { limits = { cpu = "2", memory = "4096Mi" }, requests = { cpu = "2", memory = "4096Mi" } }
      securityContext = { runAsUser = 1000, runAsGroup = 1000, runAsNonRoot = true, privileged = false, readOnlyRootFilesystem = true }
      volumeMounts    = [{ name = "scratch", mountPath = "/scratch", readOnly = false }]
    }]
    initContainers = [{
      name            = "fetch"
      image           = "${local._registry}/fetch:0123456789ab"
      command         = ["fetch"]
      env             = [{ name = "MODE", value = "fast" }]
      resources       = { limits = { cpu = "1", memory = "1024Mi" } }
      securityContext = { runAsUser = 1000, runAsGroup = 1000 }
      volumeMounts    = [{ name = "scratch", mountPath = "/scratch" }]
    }]
    volumes = [
      { name = "scratch", emptyDir = { sizeLimit = "10Gi" } },
      { name = "host", hostPath = { path = "/data" } },
      { name = "key", secret = { secretName = "key", optional = true } },
    ]
  } }

  _shapes = {
    container = { platform = ["EC2"], container = merge(local._container, { jobRoleArn = "${local._arn}/batchyard-test-container-job" }) }
    gpu = { platform = ["EC2"], container = {
      image                = "${local._registry}/train:0123456789ab"
      jobRoleArn           = "${local._arn}/batchyard-test-gpu-job"
      resourceRequirements = concat(local._resources, [{ type = "GPU", value = "1" }])
      environment          = local._variables
    } }
    array = { platform = ["EC2"], container = {
      image                = "${local._registry}/recordings:0123456789ab"
      jobRoleArn           = "${local._arn}/batchyard-test-array-job"
      resourceRequirements = local._resources
    } }
    fargate = { platform = ["FARGATE"], container = merge(local._fargate, {
      jobRoleArn       = "${local._arn}/batchyard-test-fargate-job"
      executionRoleArn = "${local._arn}/batchyard-test-fargate-exec"
    }) }
    multi-container = { platform = ["EC2"], ecs = { taskProperties = [local._task] } }
    multi-node      = { type = "multinode", platform = [], nodes = local._nodes }
    eks             = { platform = [], pod = local._pod }
  }
}

module "job" {
  source   = "../modules/job-definition"
  for_each = local._shapes

  name                  = "batchyard-test-${each.key}"
  type                  = try(each.value.type, "container")
  platform_capabilities = each.value.platform
  container_properties  = try(jsonencode(each.value.container), null)
  ecs_properties        = try(jsonencode(each.value.ecs), null)
  node_properties       = try(jsonencode(each.value.nodes), null)
  eks_properties        = try(each.value.pod, null)
  parameters            = { threads = "2" }
  retry_strategy        = local._retries
  timeout_seconds       = 3600
  scheduling_priority   = 10
  role                  = each.key == "eks" ? null : { name = "batchyard-test-${each.key}-job" }
  execution_role        = contains(["fargate", "multi-container"], each.key) ? { name = "batchyard-test-${each.key}-exec" } : null
  account_id            = "000000000000"
  region                = "us-east-1"
  tags                  = { project = "batchyard" }
}
