mock_provider "aws" {}

variables {
  name               = "batchyard-test-spot"
  type               = "EKS"
  max_vcpus          = 16
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  user_data_parts    = [{ name = "scratch.sh", content = "#!/bin/bash\ntrue\n" }]
}

run "no_cluster" {
  command = plan

  variables {
    eks = null
  }

  expect_failures = [var.eks]
}

run "cluster_by_name" {
  command = plan

  variables {
    eks = { cluster_arn = "shared", namespace = "batch", capacity = "EC2" }
  }

  expect_failures = [var.eks]
}

run "namespace_default" {
  command = plan

  variables {
    eks = { cluster_arn = "arn:aws:eks:eu-west-1:111122223333:cluster/shared", namespace = "default", capacity = "EC2" }
  }

  expect_failures = [var.eks]
}

run "nodes_on_fargate" {
  command = plan

  variables {
    eks = { cluster_arn = "arn:aws:eks:eu-west-1:111122223333:cluster/shared", namespace = "batch", capacity = "FARGATE" }
  }

  expect_failures = [var.eks]
}

run "best_fit" {
  command = plan

  variables {
    eks                 = { cluster_arn = "arn:aws:eks:eu-west-1:111122223333:cluster/shared", namespace = "batch", capacity = "EC2" }
    allocation_strategy = "BEST_FIT"
  }

  expect_failures = [var.allocation_strategy]
}

run "insights_of_ecs" {
  command = plan

  variables {
    eks                = { cluster_arn = "arn:aws:eks:eu-west-1:111122223333:cluster/shared", namespace = "batch", capacity = "EC2" }
    container_insights = "ENABLED"
  }

  expect_failures = [var.container_insights]
}

run "login_of_ecs" {
  command = plan

  variables {
    eks      = { cluster_arn = "arn:aws:eks:eu-west-1:111122223333:cluster/shared", namespace = "batch", capacity = "EC2" }
    registry = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry-AbCdEf" }
  }

  expect_failures = [var.registry]
}

run "cluster_without_its_type" {
  command = plan

  variables {
    type = "EC2"
    eks  = { cluster_arn = "arn:aws:eks:eu-west-1:111122223333:cluster/shared", namespace = "batch", capacity = "EC2" }
  }

  expect_failures = [var.eks]
}
