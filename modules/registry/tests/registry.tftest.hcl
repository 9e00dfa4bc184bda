mock_provider "aws" {}

variables {
  name = "batchyard-dev/align"
}

run "grants_nothing_by_default" {
  command = plan

  assert {
    condition     = length(aws_ecr_repository_policy.this) == 0
    error_message = "Without pull_account_ids there must be no repository policy."
  }

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE" && !aws_ecr_repository.this.force_delete
    error_message = "Tags must never move, and images outlive a destroy unless the caller says so."
  }
}

run "grants_pulls_to_named_accounts" {
  command = plan
  variables {
    pull_account_ids = ["444455556666", "222233334444"]
  }

  assert {
    condition     = jsondecode(aws_ecr_repository_policy.this[0].policy).Statement[0].Principal.AWS == ["arn:aws:iam::222233334444:root", "arn:aws:iam::444455556666:root"]
    error_message = "The policy must name the accounts, in a fixed order."
  }
}

# One wrong value per variable in one plan: Terraform reports every variable that refuses its value.
run "refuses_wrong_values" {
  command = plan
  variables {
    name                     = "Batchyard/align"
    keep_images              = 0
    untagged_expiration_days = 0
    pull_account_ids         = ["1234"]
    kms_key_arn              = "alias/own"
  }
  expect_failures = [
    var.name,
    var.keep_images,
    var.untagged_expiration_days,
    var.pull_account_ids,
    var.kms_key_arn,
  ]
}
