locals {
  # Written out, not read from the topic, so that a plan shows the whole policy before the topic exists.
  _arn = "arn:aws:sns:${var.region}:${var.account_id}:${var.name}"
}

# Roles of this account publish by their own policies; a topic policy need only name services.
resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # Without a condition on purpose: EventBridge supports none in SNS topic policies (EventBridge User Guide,
        # "Troubleshooting"). A message that a condition refuses is lost with nothing but a FailedInvocations count.
        Sid       = "PublishFromEventBridge"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = local._arn
      },
      {
        Sid       = "PublishFromCloudWatch"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = local._arn
        Condition = {
          StringEquals = { "aws:SourceAccount" = var.account_id }
          ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:*" }
        }
      },
    ]
  })
}
