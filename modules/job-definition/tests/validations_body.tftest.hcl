mock_provider "aws" {}

variables {
  name                 = "batchyard-test-exome-align"
  account_id           = "111122223333"
  region               = "us-east-1"
  timeout_seconds      = 3600
  container_properties = jsonencode({ image = "align:1" })
}

run "unknown_type" {
  command = plan

  variables {
    type = "array"
  }

  expect_failures = [var.type]
}

run "type_of_another_body" {
  command = plan

  variables {
    type = "multinode"
  }

  expect_failures = [var.type]
}

run "two_platforms" {
  command = plan

  variables {
    platform_capabilities = ["EC2", "FARGATE"]
  }

  expect_failures = [var.platform_capabilities]
}

run "nodes_on_fargate" {
  command = plan

  variables {
    container_properties  = null
    type                  = "multinode"
    platform_capabilities = ["FARGATE"]
    execution_role        = null
    node_properties       = jsonencode({ mainNode = 0, numNodes = 1, nodeRangeProperties = [{ targetNodes = "0:", container = { image = "mpi:1", executionRoleArn = "arn:aws:iam::111122223333:role/other" } }] })
  }

  expect_failures = [var.platform_capabilities]
}

run "pod_with_a_platform" {
  command = plan

  variables {
    container_properties  = null
    eks_properties        = { podProperties = { containers = [{ image = "score:1" }] } }
    platform_capabilities = ["EC2"]
  }

  expect_failures = [var.platform_capabilities]
}

run "two_bodies" {
  command = plan

  variables {
    ecs_properties = jsonencode({ taskProperties = [{ containers = [{ name = "a", image = "a:1" }] }] })
  }

  expect_failures = [var.container_properties]
}

run "no_body" {
  command = plan

  variables {
    container_properties = null
  }

  expect_failures = [var.container_properties]
}

run "container_without_image" {
  command = plan

  variables {
    container_properties = "{}"
  }

  expect_failures = [var.container_properties]
}

run "container_that_is_no_json" {
  command = plan

  variables {
    container_properties = "{image: align:1}"
  }

  expect_failures = [var.container_properties]
}

run "image_that_moves" {
  command = plan

  variables {
    container_properties = jsonencode({ image = "align:latest" })
  }

  expect_failures = [var.container_properties]
}

run "image_without_tag" {
  command = plan

  variables {
    container_properties = jsonencode({ image = "registry.example:5000/align" })
  }

  expect_failures = [var.container_properties]
}

run "task_without_containers" {
  command = plan

  variables {
    container_properties = null
    ecs_properties       = jsonencode({ taskProperties = [] })
  }

  expect_failures = [var.ecs_properties]
}

run "image_of_a_task_that_moves" {
  command = plan

  variables {
    container_properties = null
    ecs_properties       = jsonencode({ taskProperties = [{ containers = [{ name = "a", image = "a:1" }, { name = "b", image = "b" }] }] })
  }

  expect_failures = [var.ecs_properties]
}

run "nodes_without_a_number" {
  command = plan

  variables {
    container_properties = null
    type                 = "multinode"
    node_properties      = jsonencode({ mainNode = 0, nodeRangeProperties = [{ targetNodes = "0:", container = { image = "mpi:1" } }] })
  }

  expect_failures = [var.node_properties]
}

run "image_of_a_node_that_moves" {
  command = plan

  variables {
    container_properties = null
    type                 = "multinode"
    node_properties      = jsonencode({ mainNode = 0, numNodes = 1, nodeRangeProperties = [{ targetNodes = "0:", container = { image = "mpi:latest" } }] })
  }

  expect_failures = [var.node_properties]
}

run "image_of_a_pod_that_moves" {
  command = plan

  variables {
    container_properties = null
    eks_properties       = { podProperties = { containers = [{ image = "score:latest" }] } }
  }

  expect_failures = [var.eks_properties]
}

run "pod_with_a_namespace" {
  command = plan

  variables {
    container_properties = null
    eks_properties       = { podProperties = { containers = [{ image = "score:1" }], metadata = { namespace = "jobs" } } }
  }

  expect_failures = [var.eks_properties]
}

run "pod_with_a_claim" {
  command = plan

  variables {
    container_properties = null
    eks_properties       = { podProperties = { containers = [{ image = "score:1" }], volumes = [{ name = "data", persistentVolumeClaim = { claimName = "data" } }] } }
  }

  expect_failures = [var.eks_properties]
}

run "pod_with_a_sub_path" {
  command = plan

  variables {
    container_properties = null
    eks_properties       = { podProperties = { containers = [{ image = "score:1", volumeMounts = [{ name = "data", mountPath = "/data", subPath = "runs" }] }] } }
  }

  expect_failures = [var.eks_properties]
}

run "pod_as_root_by_accident" {
  command = plan

  variables {
    container_properties = null
    eks_properties       = { podProperties = { containers = [{ image = "score:1", securityContext = { readOnlyRootFilesystem = true } }] } }
  }

  expect_failures = [var.eks_properties]
}

run "privileged_container" {
  command = plan

  variables {
    container_properties = jsonencode({ image = "align:1", privileged = true })
  }

  expect_failures = [var.allow_privileged]
}

run "privileged_container_of_a_task" {
  command = plan

  variables {
    container_properties = null
    ecs_properties       = jsonencode({ taskProperties = [{ containers = [{ name = "a", image = "a:1", privileged = true }] }] })
  }

  expect_failures = [var.allow_privileged]
}

run "privileged_node" {
  command = plan

  variables {
    container_properties = null
    type                 = "multinode"
    node_properties      = jsonencode({ mainNode = 0, numNodes = 1, nodeRangeProperties = [{ targetNodes = "0:", container = { image = "mpi:1", privileged = true } }] })
  }

  expect_failures = [var.allow_privileged]
}

run "privileged_pod" {
  command = plan

  variables {
    container_properties = null
    eks_properties       = { podProperties = { containers = [{ image = "score:1", securityContext = { privileged = true, runAsUser = 1, runAsGroup = 1 } }] } }
  }

  expect_failures = [var.allow_privileged]
}
