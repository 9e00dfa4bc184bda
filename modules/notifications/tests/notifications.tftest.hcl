mock_provider "aws" {}

variables {
  name       = "batchyard-dev-notifications"
  account_id = "111122223333"
  region     = "us-east-1"
}

run "makes_a_key_that_services_may_use" {
  command = plan

  assert {
    condition     = [for s in jsondecode(aws_kms_key.this[0].policy).Statement : s.Sid] == ["AdministerByAccount", "EncryptForEventBridge", "EncryptForCloudWatch"]
    error_message = "The key must be usable by EventBridge and CloudWatch."
  }

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0
    error_message = "Nobody is subscribed unless named."
  }
}

run "uses_the_given_key" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && length(aws_kms_alias.this) == 0
    error_message = "With a given key none must be made."
  }

  assert {
    condition     = output.kms_key_arn == "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    error_message = "The topic must be encrypted with the given key."
  }
}

run "subscribes_each_address_once" {
  command = plan
  variables {
    emails = ["team@example.com", "team@example.com", "lab@example.org"]
  }

  assert {
    condition     = toset(keys(aws_sns_topic_subscription.email)) == toset(["lab@example.org", "team@example.com"])
    error_message = "Subscriptions must be keyed by address."
  }
}

# One wrong value per variable in one plan: Terraform reports every variable that refuses its value.
run "refuses_wrong_values" {
  command = plan
  variables {
    name        = "batchyard.fifo"
    account_id  = "1234"
    region      = "us-east-1a"
    emails      = ["team"]
    kms_key_arn = "alias/aws/sns"
  }
  expect_failures = [
    var.name,
    var.account_id,
    var.region,
    var.emails,
    var.kms_key_arn,
  ]
}
