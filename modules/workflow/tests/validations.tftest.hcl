mock_provider "aws" {}

variables {
  name       = "batchyard-test-exome"
  account_id = "111122223333"
  region     = "us-east-1"
  topic_arn  = "arn:aws:sns:us-east-1:111122223333:batchyard-test-notifications"

  state_machine = {
    definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
    role       = { name = "batchyard-test-exome-states", statements = [] }
  }
}

run "name_with_a_dot" {
  command = plan

  variables {
    name = "batchyard.exome"
  }

  expect_failures = [var.name]
}

run "name_too_long_for_its_event_rule" {
  command = plan

  variables {
    name = "batchyard-test-with-a-name-that-is-too-long-for-an-event-rule"
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

run "unknown_status" {
  command = plan

  variables {
    notify_on = ["BROKEN"]
  }

  expect_failures = [var.notify_on]
}

run "retention_that_is_not_offered" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "unknown_type" {
  command = plan

  variables {
    state_machine = {
      definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
      role       = { name = "batchyard-test-exome-states", statements = [] }
      type       = "FAST"
    }
  }

  expect_failures = [var.state_machine]
}

run "definition_that_is_no_state_machine" {
  command = plan

  variables {
    state_machine = {
      definition = "{}"
      role       = { name = "batchyard-test-exome-states", statements = [] }
    }
  }

  expect_failures = [var.state_machine]
}

run "unknown_log_level" {
  command = plan

  variables {
    state_machine = {
      definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
      role       = { name = "batchyard-test-exome-states", statements = [] }
      log_level  = "DEBUG"
    }
  }

  expect_failures = [var.state_machine]
}

run "alias_that_starts_with_a_digit" {
  command = plan

  variables {
    state_machine = {
      definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
      role       = { name = "batchyard-test-exome-states", statements = [] }
      alias      = "1st"
    }
  }

  expect_failures = [var.state_machine]
}

run "states_role_name_too_long" {
  command = plan

  variables {
    state_machine = {
      definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
      role       = { name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", statements = [] }
    }
  }

  expect_failures = [var.state_machine]
}
