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
}

run "every_volume_is_encrypted" {
  command = plan

  assert {
    condition     = alltrue([for mapping in aws_launch_template.this[0].block_device_mappings : mapping.ebs[0].encrypted == "true"])
    error_message = "Root and scratch must be encrypted."
  }
}
