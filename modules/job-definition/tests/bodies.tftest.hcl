mock_provider "aws" {}

variables {
  name            = "batchyard-test-exome-align"
  account_id      = "111122223333"
  region          = "us-east-1"
  timeout_seconds = 3600
}

run "container" {
  command = plan

  variables {
    platform_capabilities = ["EC2"]
    container_properties = jsonencode({
      image = "registry.example:5000/align:1", jobRoleArn = "arn:aws:iam::111122223333:role/batchyard-test-exome-align-job"
    })
    role = { name = "batchyard-test-exome-align-job" }
    tags = { team = "genomics" }
  }

  assert {
    condition     = !aws_batch_job_definition.this.deregister_on_new_revision
    error_message = "An older revision must outlive a change."
  }

  assert {
    condition     = length(aws_iam_role.job) == 1 && length(aws_iam_role_policy.job) == 0 && length(aws_iam_role.execution) == 0
    error_message = "A job without statements must get a role and no policy, because IAM refuses an empty one."
  }

  assert {
    condition     = aws_batch_job_definition.this.propagate_tags && aws_batch_job_definition.this.tags.team == "genomics" && aws_iam_role.job[0].tags.team == "genomics"
    error_message = "Tags must reach the definition, its role and its jobs."
  }

  assert {
    condition     = aws_batch_job_definition.this.retry_strategy[0].attempts == 1
    error_message = "Nothing may be tried again unless it is asked for."
  }
}

run "rules_are_always_five" {
  command = plan

  variables {
    container_properties = jsonencode({ image = "align@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" })
    retry_strategy = {
      attempts       = 3
      evaluateOnExit = [{ action = "RETRY", onExitCode = "75" }, { action = "EXIT", onReason = "*" }]
    }
  }

  assert {
    condition     = [for rule in aws_batch_job_definition.this.retry_strategy[0].evaluate_on_exit : rule.on_exit_code != null ? rule.on_exit_code : rule.on_reason] == ["75", "*", "*", "*", "*"]
    error_message = "The number of rules must never change, and what is filled in must come last."
  }

  assert {
    condition     = distinct([for rule in slice(aws_batch_job_definition.this.retry_strategy[0].evaluate_on_exit, 1, 5) : lower(rule.action)]) == tolist(["exit"])
    error_message = "What is filled in must end the job."
  }
}

run "task_of_several_containers" {
  command = plan

  variables {
    platform_capabilities = ["FARGATE"]
    ecs_properties = jsonencode({ taskProperties = [{
      executionRoleArn = "arn:aws:iam::111122223333:role/batchyard-test-exome-align-exec"
      taskRoleArn      = "arn:aws:iam::111122223333:role/batchyard-test-exome-align-job"
      containers       = [{ name = "server", image = "server:1" }, { name = "agent", image = "agent:1" }]
    }] })
    role = { name = "batchyard-test-exome-align-job" }
    execution_role = {
      name       = "batchyard-test-exome-align-exec"
      statements = [{ Sid = "ReadSecret", Action = ["secretsmanager:GetSecretValue"], Resource = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:registry-AbCdEf"] }]
    }
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : s.Sid] == ["ReadSecret"]
    error_message = "The execution role must hold the given statements, and nothing else."
  }

  assert {
    condition     = jsondecode(aws_iam_role.execution[0].assume_role_policy).Statement[0].Condition.ArnLike["aws:SourceArn"] == "arn:aws:ecs:us-east-1:111122223333:*"
    error_message = "Only tasks of this account and region may assume the role."
  }

  assert {
    condition     = aws_batch_job_definition.this.container_properties == null && aws_batch_job_definition.this.ecs_properties != null
    error_message = "A job has one body."
  }
}

run "several_nodes" {
  command = plan

  variables {
    type = "multinode"
    node_properties = jsonencode({
      mainNode            = 0, numNodes = 2
      nodeRangeProperties = [{ targetNodes = "0:", container = { image = "mpi:1", jobRoleArn = "arn:aws:iam::111122223333:role/batchyard-test-exome-align-job" } }]
    })
    role = { name = "batchyard-test-exome-align-job" }
  }

  assert {
    condition     = aws_batch_job_definition.this.platform_capabilities == null
    error_message = "No platform may be sent where none is given."
  }
}

run "pod" {
  command = plan

  variables {
    eks_properties = { podProperties = {
      containers = [{
        image           = "score:1"
        env             = [{ name = "MODE", value = "fast" }]
        resources       = { requests = { "nvidia.com/gpu" = "1" }, limits = { "nvidia.com/gpu" = "1" } }
        securityContext = { runAsUser = 1000, runAsGroup = 1000 }
        volumeMounts    = [{ name = "scratch", mountPath = "/scratch" }]
      }]
      initContainers = [{ image = "fetch:1", resources = { limits = { cpu = "1" } }, volumeMounts = [{ name = "scratch", mountPath = "/scratch" }], securityContext = { runAsUser = 1, runAsGroup = 1 }, env = [{ name = "A", value = "b" }] }]
      metadata       = { labels = { team = "genomics" } }
      volumes = [
        { name = "scratch", emptyDir = { sizeLimit = "10Gi" } },
        { name = "host", hostPath = { path = "/data" } },
        { name = "key", secret = { secretName = "key" } },
      ]
      imagePullSecrets = [{ name = "registry" }]
    } }
  }

  assert {
    condition     = [for volume in aws_batch_job_definition.this.eks_properties[0].pod_properties[0].volumes : length(volume.empty_dir) + length(volume.host_path) + length(volume.secret)] == [1, 1, 1]
    error_message = "Every volume must be of its own kind."
  }

  assert {
    condition     = one(aws_batch_job_definition.this.eks_properties[0].pod_properties[0].containers[0].env).value == "fast" && aws_batch_job_definition.this.eks_properties[0].pod_properties[0].init_containers[0].image == "fetch:1"
    error_message = "Containers and init containers must reach the pod."
  }

  assert {
    condition     = !aws_batch_job_definition.this.propagate_tags && length(aws_iam_role.job) == 0
    error_message = "A pod takes neither tags nor a role."
  }
}

run "privileged_where_it_is_allowed" {
  command = plan

  variables {
    container_properties = jsonencode({ image = "align:1", privileged = true })
    allow_privileged     = true
  }

  assert {
    condition     = jsondecode(aws_batch_job_definition.this.container_properties).privileged
    error_message = "What is allowed must be passed on."
  }
}
