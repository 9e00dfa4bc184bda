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
    type = "EKS"
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

run "more_least_than_most_vcpus" {
  command = plan

  variables {
    min_vcpus = 17
  }

  expect_failures = [var.min_vcpus]
}

run "warm_fargate" {
  command = plan

  variables {
    type      = "FARGATE"
    min_vcpus = 4
  }

  expect_failures = [var.min_vcpus]
}

run "no_instance_types" {
  command = plan

  variables {
    instance_types = []
  }

  expect_failures = [var.instance_types]
}

run "bid_over_on_demand" {
  command = plan

  variables {
    spot_bid_percentage = 101
  }

  expect_failures = [var.spot_bid_percentage]
}

run "bid_without_spot" {
  command = plan

  variables {
    type                = "EC2"
    spot_bid_percentage = 50
  }

  expect_failures = [var.spot_bid_percentage]
}

run "no_scratch" {
  command = plan

  variables {
    scratch_gib = 0
  }

  expect_failures = [var.scratch_gib]
}

run "root_too_small" {
  command = plan

  variables {
    root_gib = 8
  }

  expect_failures = [var.root_gib]
}

run "part_without_interpreter" {
  command = plan

  variables {
    user_data_parts = [{ name = "scratch.sh", content = "true" }]
  }

  expect_failures = [var.user_data_parts]
}

run "instances_without_user_data" {
  command = plan

  variables {
    user_data_parts = []
  }

  expect_failures = [var.user_data_parts]
}

run "no_subnets" {
  command = plan

  variables {
    subnet_ids = []
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
