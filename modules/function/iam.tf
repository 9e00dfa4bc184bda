locals {
  _operation = [
    {
      Sid       = "WriteLog"
      Effect    = "Allow"
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = ["${local._log_arn}:*"]
      Condition = null
    },
    {
      # X-Ray knows no resources, so these actions take nothing but a star.
      Sid       = "WriteTraces"
      Effect    = "Allow"
      Action    = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      Resource  = ["*"]
      Condition = null
    },
    {
      Sid       = "KeepFailedCalls"
      Effect    = "Allow"
      Action    = ["sqs:SendMessage"]
      Resource  = [local._queue_arn]
      Condition = null
    },
  ]

  # SQS encrypts with the sender's permissions; the condition keeps the key out of the function's own hands.
  _encryption = var.kms_key_arn == null ? [] : [{
    Sid       = "EncryptFailedCalls"
    Effect    = "Allow"
    Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource  = [var.kms_key_arn]
    Condition = { StringEquals = { "kms:ViaService" = "sqs.${var.region}.amazonaws.com" } }
  }]
}

resource "aws_iam_role" "this" {
  name        = var.role.name
  description = "Execution role of the Lambda function ${var.name}"
  tags        = var.tags

  # No aws:SourceArn: Lambda documents it for what calls a function, not for the function that takes a role.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "operation" {
  #checkov:skip=CKV_AWS_290:the star is on X-Ray actions, which support no resource
  #checkov:skip=CKV_AWS_355:the star is on X-Ray actions, which support no resource
  name = "operation"
  role = aws_iam_role.this.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for s in concat(local._operation, local._encryption) : { for key, value in s : key => value if value != null }]
  })
}

resource "aws_iam_role_policy" "declared" {
  count = length(var.role.statements) > 0 ? 1 : 0
  name  = "declared"
  role  = aws_iam_role.this.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for s in var.role.statements : { for key, value in s : key => value if value != null }]
  })
}
