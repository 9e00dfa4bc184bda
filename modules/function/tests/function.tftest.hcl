mock_provider "aws" {}

variables {
  name          = "batchyard-dev-exome-status"
  account_id    = "111122223333"
  region        = "us-east-1"
  zip_path      = "functions/status.zip"
  sha256_base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
  role          = { name = "batchyard-dev-exome-status-function" }
}

run "holds_only_what_running_needs" {
  command = plan

  assert {
    condition     = length(aws_iam_role_policy.declared) == 0
    error_message = "Without statements there must be no policy for them."
  }

  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.operation.policy).Statement : s.Sid] == ["WriteLog", "WriteTraces", "KeepFailedCalls"]
    error_message = "Running needs the log, traces and the dead-letter queue, and nothing else."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1 && length(aws_lambda_function.this.environment) == 0
    error_message = "Without reserved_concurrency the account's pool is shared, without environment there is none."
  }
}

run "encrypts_with_the_given_key" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    environment = { LOG_LEVEL = "DEBUG" }
  }

  assert {
    condition = alltrue([for key in [aws_lambda_function.this.kms_key_arn, aws_cloudwatch_log_group.this.kms_key_id, aws_sqs_queue.dead_letter.kms_master_key_id] :
    key == var.kms_key_arn])
    error_message = "The key must encrypt the environment, the log and the dead-letter queue."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.operation.policy).Statement[3].Condition.StringEquals["kms:ViaService"] == "sqs.us-east-1.amazonaws.com"
    error_message = "The role may use the key through SQS alone."
  }
}

run "passes_statements_on_as_they_are" {
  command = plan
  variables {
    reserved_concurrency = 0
    role = {
      name = "batchyard-dev-exome-status-function"
      statements = [{
        Sid       = "DescribeJobs"
        Action    = ["batch:DescribeJobs"]
        Resource  = ["*"]
        Condition = { StringEquals = { "aws:RequestedRegion" = ["us-east-1"] } }
      }]
    }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.declared[0].policy).Statement == [{
      Sid       = "DescribeJobs"
      Effect    = "Allow"
      Action    = ["batch:DescribeJobs"]
      Resource  = ["*"]
      Condition = { StringEquals = { "aws:RequestedRegion" = ["us-east-1"] } }
    }]
    error_message = "Statements must reach the policy unchanged, Effect filled in."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 0
    error_message = "reserved_concurrency = 0 must stop the function."
  }
}

# One wrong value per variable in one plan: Terraform reports every variable that refuses its value.
run "refuses_wrong_values" {
  command = plan
  variables {
    name                 = join("", [for n in range(65) : "x"])
    description          = join("", [for n in range(257) : "x"])
    sha256_base64        = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    handler              = "handler"
    runtime              = "nodejs20.x"
    architecture         = "riscv64"
    memory_mb            = 64
    timeout_seconds      = 901
    reserved_concurrency = -1
    environment          = { AWS_REGION = "us-east-1" }
    role                 = { name = join("", [for n in range(65) : "x"]) }
    account_id           = "1234"
    region               = "us-east-1a"
    log_retention_days   = 31
    kms_key_arn          = "alias/own"
  }
  expect_failures = [
    var.name,
    var.description,
    var.sha256_base64,
    var.handler,
    var.runtime,
    var.architecture,
    var.memory_mb,
    var.timeout_seconds,
    var.reserved_concurrency,
    var.environment,
    var.role,
    var.account_id,
    var.region,
    var.log_retention_days,
    var.kms_key_arn,
  ]
}

run "refuses_unknown_effect" {
  command = plan
  variables {
    role = { name = "batchyard-dev-exome-status-function", statements = [{ Effect = "Permit", Action = ["s3:GetObject"], Resource = ["*"] }] }
  }
  expect_failures = [var.role]
}

run "refuses_statement_without_resource" {
  command = plan
  variables {
    role = { name = "batchyard-dev-exome-status-function", statements = [{ Action = ["s3:GetObject"], Resource = [] }] }
  }
  expect_failures = [var.role]
}

run "refuses_wildcard_action" {
  command = plan
  variables {
    role = { name = "batchyard-dev-exome-status-function", statements = [{ Action = ["s3:*"], Resource = ["*"] }] }
  }
  expect_failures = [var.role]
}
