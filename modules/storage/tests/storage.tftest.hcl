mock_provider "aws" {}

variables {
  name = "batchyard-dev-111122223333-data"
}

run "keeps_objects_by_default" {
  command = plan

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.id] == ["abort-incomplete-uploads", "expire-noncurrent-versions"]
    error_message = "Without expiration_days no rule may expire objects."
  }

  assert {
    condition     = one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "Access lists must be off."
  }
}

run "scratch_has_no_versions" {
  command = plan
  variables {
    versioning      = false
    expiration_days = 7
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.id] == ["abort-incomplete-uploads", "expire-objects"]
    error_message = "Without versioning there are no former versions to expire."
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Suspended"
    error_message = "versioning = false must suspend versioning."
  }
}

run "uses_the_given_key" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "A given key must encrypt the objects."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled
    error_message = "A given key must be used through a bucket key."
  }
}

# One wrong value per variable in one plan: Terraform reports every variable that refuses its value.
run "refuses_wrong_values" {
  command = plan
  variables {
    name                       = "data.batchyard.example"
    expiration_days            = 0
    noncurrent_expiration_days = 1.5
    abort_incomplete_days      = 0
    kms_key_arn                = "alias/own"
  }
  expect_failures = [
    var.name,
    var.expiration_days,
    var.noncurrent_expiration_days,
    var.abort_incomplete_days,
    var.kms_key_arn,
  ]
}
