locals {
  # Written out, not read from resources, so that a plan shows every policy before the resources exist.
  _log_arn   = "arn:aws:logs:${var.region}:${var.account_id}:log-group:/aws/lambda/${var.name}"
  _queue_arn = "arn:aws:sqs:${var.region}:${var.account_id}:${var.name}-dead-letter"
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_115:reserved_concurrency is the caller's choice; a reservation is taken from every other function of the account
  #checkov:skip=CKV_AWS_117:the functions call AWS APIs only; inside a VPC each would need a NAT gateway or an endpoint per service
  #checkov:skip=CKV_AWS_173:kms_key_arn is the caller's choice; the environment holds names and no secrets
  #checkov:skip=CKV_AWS_272:the zip's hash is bound to the approved plan, and a signing profile would sign the same build
  function_name                  = var.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  filename                       = var.zip_path
  source_code_hash               = var.sha256_base64
  handler                        = var.handler
  runtime                        = var.runtime
  architectures                  = [var.architecture]
  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency
  kms_key_arn                    = length(var.environment) > 0 ? var.kms_key_arn : null
  publish                        = true
  tags                           = var.tags

  dynamic "environment" {
    for_each = length(var.environment) > 0 ? [var.environment] : []

    content {
      variables = environment.value
    }
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letter.arn
  }

  tracing_config {
    mode = "Active"
  }

  # Without the group Lambda makes one that is kept for ever; without the policy it refuses the dead-letter queue.
  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.operation]
}

# Callers name the alias, so that a new version is taken up, or rolled back, in one place.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that workflows call"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}
