resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:kms_key_arn is the caller's choice; CloudWatch encrypts with its own key anyway
  #checkov:skip=CKV_AWS_338:log_retention_days is the caller's choice; debug output is not kept for a year
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}
