locals {
  # Spelt out, because the role's trust is written before the machine exists.
  _state_machine_arn = "arn:aws:states:${var.region}:${var.account_id}:stateMachine:${var.name}"
}

# Under /aws/vendedlogs/, because the shared resource policy of log delivery has a size limit that other names use up.
resource "aws_cloudwatch_log_group" "states" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts with its own key; executions name data and do not hold it
  #checkov:skip=CKV_AWS_338:log_retention_days is the caller's choice; what a run made is in its results
  name              = "/aws/vendedlogs/states/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_sfn_state_machine" "this" {
  #checkov:skip=CKV_AWS_284:on by default; the check can not read it through the variable, in a plan it can
  #checkov:skip=CKV_AWS_285:on by default; the check can not read it through the variable, in a plan it can
  name       = var.name
  type       = var.state_machine.type
  role_arn   = aws_iam_role.states.arn
  definition = var.state_machine.definition
  publish    = true

  logging_configuration {
    level                  = var.state_machine.log_level
    include_execution_data = var.state_machine.include_execution_data
    log_destination        = "${aws_cloudwatch_log_group.states.arn}:*"
  }

  tracing_configuration {
    enabled = var.state_machine.tracing
  }

  tags = var.tags

  # Step Functions tries the role's log rights when the machine is made.
  depends_on = [aws_iam_role_policy.states]
}

# Callers start the alias, so that a version can be shifted to and back.
resource "aws_sfn_alias" "this" {
  name = var.state_machine.alias

  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.this.state_machine_version_arn
    weight                    = 100
  }
}
