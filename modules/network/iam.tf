locals {
  # Written out, not read from the group, so that a plan shows the whole policy before the group exists.
  _logs_arn = "arn:aws:logs:${var.region}:${var.account_id}:log-group"
}

resource "aws_iam_role" "flow_logs" {
  count = var.flow_logs ? 1 : 0

  name        = "${var.name_prefix}-flow-logs"
  description = "Writes the VPC flow logs of ${var.name_prefix}"
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:${var.region}:${var.account_id}:vpc-flow-log/*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "flow_logs" {
  count = var.flow_logs ? 1 : 0

  name = "write-flow-logs"
  role = aws_iam_role.flow_logs[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "WriteGroup"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = ["${local._logs_arn}:/aws/vpc/${var.name_prefix}-flow-logs:*"]
      },
      {
        # Listing groups is a question about all of them.
        Sid      = "FindGroup"
        Effect   = "Allow"
        Action   = ["logs:DescribeLogGroups"]
        Resource = ["${local._logs_arn}:*"]
      },
    ]
  })
}
