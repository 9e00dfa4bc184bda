mock_provider "aws" {}

variables {
  name                     = "batchyard-test-high"
  priority                 = 1000
  compute_environment_arns = ["arn:aws:batch:us-east-1:111122223333:compute-environment/batchyard-test-spot-1"]
}

run "name_with_a_dot" {
  command = plan

  variables {
    name = "batchyard.test"
  }

  expect_failures = [var.name]
}

run "negative_priority" {
  command = plan

  variables {
    priority = -1
  }

  expect_failures = [var.priority]
}

run "no_environment" {
  command = plan

  variables {
    compute_environment_arns = []
  }

  expect_failures = [var.compute_environment_arns]
}

run "mixed_environments" {
  command = plan

  variables {
    compute_environment_types = ["SPOT", "FARGATE"]
  }

  expect_failures = [var.compute_environment_types]
}

run "impatient" {
  command = plan

  variables {
    cancel_runnable_after_seconds = { misconfiguration = 60 }
  }

  expect_failures = [var.cancel_runnable_after_seconds]
}
