mock_provider "aws" {}

variables {
  name                 = "batchyard-test-exome-align"
  account_id           = "111122223333"
  region               = "us-east-1"
  timeout_seconds      = 3600
  container_properties = jsonencode({ image = "align:1" })
}

run "name_with_a_dot" {
  command = plan

  variables {
    name = "batchyard.exome"
  }

  expect_failures = [var.name]
}

run "account_id_without_leading_zeros" {
  command = plan

  variables {
    account_id = "1"
  }

  expect_failures = [var.account_id]
}

run "region_that_is_a_zone" {
  command = plan

  variables {
    region = "us-east-1a"
  }

  expect_failures = [var.region]
}

run "timeout_too_short" {
  command = plan

  variables {
    timeout_seconds = 59
  }

  expect_failures = [var.timeout_seconds]
}

run "too_many_attempts" {
  command = plan

  variables {
    retry_strategy = { attempts = 11, evaluateOnExit = [{ action = "EXIT", onReason = "*" }] }
  }

  expect_failures = [var.retry_strategy]
}

run "retries_without_rules" {
  command = plan

  variables {
    retry_strategy = { attempts = 3 }
  }

  expect_failures = [var.retry_strategy]
}

run "too_many_rules" {
  command = plan

  variables {
    retry_strategy = { evaluateOnExit = [for code in range(6) : { action = "EXIT", onExitCode = code < 5 ? tostring(code) : "*" }] }
  }

  expect_failures = [var.retry_strategy]
}

run "unknown_action" {
  command = plan

  variables {
    retry_strategy = { evaluateOnExit = [{ action = "STOP", onExitCode = "1" }, { action = "EXIT", onReason = "*" }] }
  }

  expect_failures = [var.retry_strategy]
}

run "rule_without_condition" {
  command = plan

  variables {
    retry_strategy = { evaluateOnExit = [{ action = "RETRY" }, { action = "EXIT", onReason = "*" }] }
  }

  expect_failures = [var.retry_strategy]
}

run "open_ended_rules" {
  command = plan

  variables {
    retry_strategy = { attempts = 3, evaluateOnExit = [{ action = "RETRY", onReason = "*" }] }
  }

  expect_failures = [var.retry_strategy]
}

run "last_rule_with_a_second_condition" {
  command = plan

  variables {
    retry_strategy = { attempts = 3, evaluateOnExit = [{ action = "EXIT", onReason = "*", onExitCode = "1" }] }
  }

  expect_failures = [var.retry_strategy]
}

run "priority_too_high" {
  command = plan

  variables {
    scheduling_priority = 10000
  }

  expect_failures = [var.scheduling_priority]
}
