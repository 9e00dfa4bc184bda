mock_provider "aws" {}

variables {
  name               = "batchyard-test-spot"
  type               = "SPOT"
  max_vcpus          = 16
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  user_data_parts    = [{ name = "scratch.sh", content = "#!/bin/bash\ntrue\n" }]
}

run "name_with_a_dot" {
  command = plan

  variables {
    name = "batchyard.test"
  }

  expect_failures = [var.name]
}

run "name_too_long_for_its_roles" {
  command = plan

  variables {
    name = "batchyard-test-with-a-name-that-is-much-too-long-for-iam"
  }

  expect_failures = [var.name]
}

run "unknown_type" {
  command = plan

  variables {
    type = "LAMBDA"
  }

  expect_failures = [var.type]
}

run "no_vcpus" {
  command = plan

  variables {
    max_vcpus = 0
  }

  expect_failures = [var.max_vcpus]
}

run "no_bound" {
  command = plan

  variables {
    max_vcpus = null
  }

  expect_failures = [var.max_vcpus]
}

run "no_subnets" {
  command = plan

  variables {
    subnet_ids = []
  }

  expect_failures = [var.subnet_ids]
}

run "fargate_over_seventeen_subnets" {
  command = plan

  variables {
    type            = "FARGATE"
    subnet_ids      = [for number in range(17) : "subnet-${number}"]
    user_data_parts = []
  }

  expect_failures = [var.subnet_ids]
}

run "placement_group_over_two_subnets" {
  command = plan

  variables {
    type            = "EC2"
    placement_group = true
    vpc_id          = "vpc-0a1b2c3d4e5f60718"
    subnet_ids      = ["subnet-1", "subnet-2"]
  }

  expect_failures = [var.subnet_ids]
}

run "no_security_groups" {
  command = plan

  variables {
    security_group_ids = []
  }

  expect_failures = [var.security_group_ids]
}

run "tags_of_aws" {
  command = plan

  variables {
    tags = { "aws:owner" = "us" }
  }

  expect_failures = [var.tags]
}

run "timeout_over_six_hours" {
  command = plan

  variables {
    update_policy = { timeout_minutes = 361 }
  }

  expect_failures = [var.update_policy]
}

run "unknown_insights" {
  command = plan

  variables {
    container_insights = "ON"
  }

  expect_failures = [var.container_insights]
}

run "six_security_groups" {
  command = plan

  variables {
    security_group_ids = [for number in range(6) : "sg-${number}"]
  }

  expect_failures = [var.security_group_ids]
}
