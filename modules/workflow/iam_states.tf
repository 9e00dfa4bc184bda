locals {
  # None of these actions supports resources: Step Functions checks them when a machine with logging is made.
  _log_delivery = {
    Sid    = "DeliverLogs"
    Effect = "Allow"
    Action = [
      "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
    ]
    Resource = ["*"]
  }

  _tracing = {
    Sid    = "Trace"
    Effect = "Allow"
    Action = [
      "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
    ]
    Resource = ["*"]
  }

  _observing = concat(
    var.state_machine.log_level == "OFF" ? [] : [local._log_delivery],
    var.state_machine.tracing ? [local._tracing] : [],
  )

  # What the machine's own statements already say is not said twice.
  _observing_missing = [
    for statement in local._observing : statement if length(setsubtract(
      statement.Action, flatten([for own in var.state_machine.role.statements : own.Action])
    )) > 0
  ]

  _own = [
    for statement in var.state_machine.role.statements : { for key, value in statement : key => value if value != null }
  ]
  _statements = concat(local._own, local._observing_missing)
}

resource "aws_iam_role" "states" {
  name        = var.state_machine.role.name
  description = "State machine ${var.name}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = local._state_machine_arn }
      }
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "states" {
  count = length(local._statements) > 0 ? 1 : 0

  name   = "permissions"
  role   = aws_iam_role.states.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local._statements })
}
