mock_provider "aws" {}

variables {
  name               = "batchyard-test-spot"
  type               = "SPOT"
  max_vcpus          = 16
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  user_data_parts    = [{ name = "scratch.sh", content = "#!/bin/bash\ntrue\n" }]
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
    type            = "FARGATE"
    min_vcpus       = 4
    user_data_parts = []
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

run "misspelt_instance_type" {
  command = plan

  variables {
    instance_types = ["m6i large"]
  }

  expect_failures = [var.instance_types]
}

run "mixed_architectures" {
  command = plan

  variables {
    instance_types = ["m7g.xlarge", "m7i"]
  }

  expect_failures = [var.instance_types]
}

run "optimal_is_x86" {
  command = plan

  variables {
    instance_types = ["optimal", "c7gn"]
  }

  expect_failures = [var.instance_types]
}

run "first_generation_of_arm" {
  command = plan

  variables {
    instance_types = ["a1.xlarge"]
  }

  expect_failures = [var.instance_types]
}

run "efa_on_a_small_size" {
  command = plan

  variables {
    type            = "EC2"
    placement_group = true
    vpc_id          = "vpc-0a1b2c3d4e5f60718"
    efa_interfaces  = 1
    instance_types  = ["c7i.4xlarge"]
  }

  expect_failures = [var.instance_types]
}

run "efa_on_a_family" {
  command = plan

  variables {
    type            = "EC2"
    placement_group = true
    vpc_id          = "vpc-0a1b2c3d4e5f60718"
    efa_interfaces  = 1
    instance_types  = ["hpc7a"]
  }

  expect_failures = [var.instance_types]
}

run "spot_strategy_on_demand" {
  command = plan

  variables {
    type                = "EC2"
    allocation_strategy = "SPOT_CAPACITY_OPTIMIZED"
  }

  expect_failures = [var.allocation_strategy]
}

run "ordered_strategy" {
  command = plan

  variables {
    type                = "EC2"
    allocation_strategy = "BEST_FIT_PROGRESSIVE_ORDERED"
  }

  expect_failures = [var.allocation_strategy]
}

run "strategy_on_fargate" {
  command = plan

  variables {
    type                = "FARGATE"
    allocation_strategy = "BEST_FIT_PROGRESSIVE"
    user_data_parts     = []
  }

  expect_failures = [var.allocation_strategy]
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

run "old_system" {
  command = plan

  variables {
    image = "al2"
  }

  expect_failures = [var.image]
}

run "gpu_without_driver" {
  command = plan

  variables {
    instance_types = ["g6"]
  }

  expect_failures = [var.image]
}

run "driver_for_some" {
  command = plan

  variables {
    image          = "al2023_nvidia"
    instance_types = ["g6", "m7i"]
  }

  expect_failures = [var.image]
}

run "driver_that_left_old_gpus" {
  command = plan

  variables {
    image          = "al2023_nvidia"
    instance_types = ["p3.2xlarge"]
  }

  expect_failures = [var.image]
}

run "image_by_name" {
  command = plan

  variables {
    image_id = "al2023-ami-ecs"
  }

  expect_failures = [var.image_id]
}

run "image_on_fargate" {
  command = plan

  variables {
    type            = "FARGATE"
    image_id        = "ami-0a1b2c3d4e5f60718"
    user_data_parts = []
  }

  expect_failures = [var.image_id]
}

run "placement_group_on_fargate" {
  command = plan

  variables {
    type            = "FARGATE"
    placement_group = true
    vpc_id          = "vpc-0a1b2c3d4e5f60718"
    user_data_parts = []
  }

  expect_failures = [var.placement_group]
}

run "half_an_interface" {
  command = plan

  variables {
    type            = "EC2"
    placement_group = true
    vpc_id          = "vpc-0a1b2c3d4e5f60718"
    efa_interfaces  = 0.5
    instance_types  = ["c7i.48xlarge"]
  }

  expect_failures = [var.efa_interfaces]
}

run "efa_without_placement_group" {
  command = plan

  variables {
    type           = "EC2"
    efa_interfaces = 1
    instance_types = ["c7i.48xlarge"]
  }

  expect_failures = [var.efa_interfaces]
}

run "placement_group_without_vpc" {
  command = plan

  variables {
    type            = "EC2"
    placement_group = true
  }

  expect_failures = [var.vpc_id]
}

run "instance_types_on_fargate" {
  command = plan

  variables {
    type            = "FARGATE"
    user_data_parts = []
    instance_types  = ["m7i"]
  }

  expect_failures = [var.instance_types]
}

run "update_policy_on_fargate" {
  command = plan

  variables {
    type            = "FARGATE"
    user_data_parts = []
    update_policy   = { terminate_jobs = true }
  }

  expect_failures = [var.update_policy]
}
