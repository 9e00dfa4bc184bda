mock_provider "aws" {}

variables {
  name                 = "batchyard-test-exome-align"
  account_id           = "111122223333"
  region               = "us-east-1"
  timeout_seconds      = 3600
  container_properties = jsonencode({ image = "align:1" })
}

run "role_name_too_long" {
  command = plan

  variables {
    container_properties = jsonencode({ image = "align:1", jobRoleArn = "arn:aws:iam::111122223333:role/${join("", [for n in range(65) : "x"])}" })
    role                 = { name = join("", [for n in range(65) : "x"]) }
  }

  expect_failures = [var.role]
}

run "role_that_no_container_has" {
  command = plan

  variables {
    role = { name = "batchyard-test-exome-align-job" }
  }

  expect_failures = [var.role]
}

run "role_of_a_pod" {
  command = plan

  variables {
    container_properties = null
    eks_properties       = { podProperties = { containers = [{ image = "score:1" }] } }
    role                 = { name = "batchyard-test-exome-align-job" }
  }

  expect_failures = [var.role]
}

run "statement_without_resource" {
  command = plan

  variables {
    container_properties = jsonencode({ image = "align:1", jobRoleArn = "arn:aws:iam::111122223333:role/batchyard-test-exome-align-job" })
    role                 = { name = "batchyard-test-exome-align-job", statements = [{ Action = ["s3:GetObject"], Resource = [] }] }
  }

  expect_failures = [var.role]
}

run "execution_role_name_too_long" {
  command = plan

  variables {
    container_properties = jsonencode({ image = "align:1", executionRoleArn = "arn:aws:iam::111122223333:role/${join("", [for n in range(65) : "x"])}" })
    execution_role       = { name = join("", [for n in range(65) : "x"]) }
  }

  expect_failures = [var.execution_role]
}

run "execution_role_that_no_task_has" {
  command = plan

  variables {
    execution_role = { name = "batchyard-test-exome-align-exec" }
  }

  expect_failures = [var.execution_role]
}

run "fargate_without_execution_role" {
  command = plan

  variables {
    platform_capabilities = ["FARGATE"]
  }

  expect_failures = [var.execution_role]
}

run "execution_statement_without_action" {
  command = plan

  variables {
    container_properties = jsonencode({ image = "align:1", executionRoleArn = "arn:aws:iam::111122223333:role/batchyard-test-exome-align-exec" })
    execution_role       = { name = "batchyard-test-exome-align-exec", statements = [{ Action = [], Resource = ["arn:aws:s3:::data"] }] }
  }

  expect_failures = [var.execution_role]
}
