resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:kms_key_arn is the caller's choice; CloudWatch encrypts with its own key anyway
  #checkov:skip=CKV_AWS_338:log_retention_days is the caller's choice; flow logs are for finding faults and dear to keep
  count = var.flow_logs ? 1 : 0

  name              = "/aws/vpc/${var.name_prefix}-flow-logs"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_flow_log" "this" {
  count = var.flow_logs ? 1 : 0

  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.this[0].arn
  iam_role_arn             = aws_iam_role.flow_logs[0].arn
  max_aggregation_interval = 600
  tags                     = merge(var.tags, { Name = var.name_prefix })

  # A flow log that may not write yet falls into an error state.
  depends_on = [aws_iam_role_policy.flow_logs]
}
