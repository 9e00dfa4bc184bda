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

run "one_environment_twice" {
  command = plan

  variables {
    compute_environment_arns = [for number in range(2) : "arn:aws:batch:us-east-1:111122223333:compute-environment/spot"]
  }

  expect_failures = [var.compute_environment_arns]
}

run "eks_beside_ecs" {
  command = plan

  variables {
    compute_environment_types = ["EKS", "EC2"]
  }

  expect_failures = [var.compute_environment_types]
}

run "mixed_architectures" {
  command = plan

  variables {
    compute_environment_architectures = ["x86_64", null, "arm64"]
  }

  expect_failures = [var.compute_environment_architectures]
}

run "share_with_a_dash" {
  command = plan

  variables {
    fair_share = { shares = { "team-a" = 1 } }
  }

  expect_failures = [var.fair_share]
}

run "shares_that_overlap" {
  command = plan

  variables {
    fair_share = { shares = { "team*" = 1, teamA = 0.5 } }
  }

  expect_failures = [var.fair_share]
}

run "too_many_shares" {
  command = plan

  variables {
    fair_share = { shares = { for number in range(501) : "s${number}" => 1 } }
  }

  expect_failures = [var.fair_share]
}

run "weight_of_nothing" {
  command = plan

  variables {
    fair_share = { shares = { a = 0 } }
  }

  expect_failures = [var.fair_share]
}

run "decay_over_a_week" {
  command = plan

  variables {
    fair_share = { decay_seconds = 604801 }
  }

  expect_failures = [var.fair_share]
}

run "everything_reserved" {
  command = plan

  variables {
    fair_share = { reservation = 100 }
  }

  expect_failures = [var.fair_share]
}

run "two_policies" {
  command = plan

  variables {
    fair_share            = {}
    scheduling_policy_arn = "arn:aws:batch:us-east-1:111122223333:scheduling-policy/other"
  }

  expect_failures = [var.fair_share]
}
