mock_provider "aws" {}

variables {
  name               = "batchyard-test-spot"
  type               = "SPOT"
  max_vcpus          = 16
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  tags               = { environment = "test" }
  user_data_parts    = [{ name = "scratch.sh", content = "#!/bin/bash\ntrue\n" }]
}

run "spot" {
  command = plan

  assert {
    condition     = aws_batch_compute_environment.this.compute_resources[0].allocation_strategy == "SPOT_CAPACITY_OPTIMIZED"
    error_message = "Spot must use a strategy that the provider can update in place."
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_environment_name_prefix == "batchyard-test-spot-"
    error_message = "The environment must be named by prefix."
  }

  assert {
    condition     = length(aws_iam_role.spot_fleet) == 1
    error_message = "Spot must have its fleet role from the first day."
  }

  assert {
    condition     = strcontains(base64decode(aws_launch_template.this[0].user_data), "Content-Type: multipart/mixed;")
    error_message = "User data must be MIME multi-part, because Batch merges its own part into it."
  }
}

run "ec2" {
  command = plan

  variables {
    type = "EC2"
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_resources[0].allocation_strategy == "BEST_FIT_PROGRESSIVE"
    error_message = "EC2 must use a strategy that the provider can update in place."
  }

  assert {
    condition     = length(aws_iam_role.spot_fleet) == 0
    error_message = "On demand needs no fleet role."
  }
}

run "fargate_spot" {
  command = plan

  variables {
    type            = "FARGATE_SPOT"
    user_data_parts = []
  }

  assert {
    condition     = length(aws_launch_template.this) + length(aws_iam_role.instance) + length(aws_iam_role.spot_fleet) == 0
    error_message = "Fargate has no instances, so it has no launch template and no instance roles."
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_environment_name_prefix == "batchyard-test-spot-spot-"
    error_message = "Fargate Spot must be told apart by its name, which replaces an environment that was Fargate."
  }
}

run "fargate" {
  command = plan

  variables {
    type            = "FARGATE"
    user_data_parts = []
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_environment_name_prefix == "batchyard-test-spot-"
    error_message = "Fargate must be told apart from Fargate Spot by its name."
  }
}

run "another_strategy" {
  command = plan

  variables {
    allocation_strategy = "SPOT_PRICE_CAPACITY_OPTIMIZED"
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_resources[0].allocation_strategy == "SPOT_PRICE_CAPACITY_OPTIMIZED"
    error_message = "A strategy that is chosen must be used."
  }
}

run "best_fit" {
  command = plan

  variables {
    allocation_strategy = "BEST_FIT"
  }

  assert {
    condition     = length(aws_batch_compute_environment.this.update_policy) == 0
    error_message = "With BEST_FIT Batch updates no infrastructure, so it takes no policy for that."
  }
}

run "unmanaged" {
  command = plan

  variables {
    type               = "UNMANAGED"
    max_vcpus          = null
    subnet_ids         = []
    security_group_ids = []
    user_data_parts    = []
  }

  assert {
    condition     = aws_batch_compute_environment.this.type == "UNMANAGED" && length(aws_batch_compute_environment.this.compute_resources) == 0
    error_message = "Batch refuses compute resources in an unmanaged environment."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.service[0].policy_arn == "arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole"
    error_message = "An unmanaged environment needs a service role of its own."
  }
}

run "eks" {
  command = plan

  variables {
    type = "EKS"
    eks = {
      cluster_arn = "arn:aws:eks:eu-west-1:111122223333:cluster/shared"
      namespace   = "batch"
      capacity    = "SPOT"
    }
  }

  assert {
    condition     = aws_batch_compute_environment.this.eks_configuration[0].kubernetes_namespace == "batch"
    error_message = "Pods must run in the namespace that was given."
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_resources[0].type == "SPOT" && aws_batch_compute_environment.this.compute_resources[0].allocation_strategy == "SPOT_CAPACITY_OPTIMIZED"
    error_message = "Nodes must be Spot, with a strategy: Batch has no default on EKS."
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_resources[0].ec2_configuration[0].image_type == "EKS_AL2023"
    error_message = "Nodes must start from the image for EKS."
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.node)) == toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"]) && length(aws_iam_role_policy_attachment.instance) + length(aws_iam_role.spot_fleet) == 0
    error_message = "Nodes need the policies of EKS, and neither those of the ECS agent nor a fleet role."
  }
}

run "container_insights_are_not_asked_for" {
  command = plan

  assert {
    condition     = length(data.aws_ecs_cluster.this) == 0
    error_message = "Without a mode nobody may have to read clusters."
  }
}
