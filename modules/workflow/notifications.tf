locals {
  _metrics = { FAILED = "ExecutionsFailed", TIMED_OUT = "ExecutionsTimedOut", ABORTED = "ExecutionsAborted" }

  # A failed execution always raises an alarm; the other ends as notify_on says.
  _alarms = { for status, metric in local._metrics : status => metric if status == "FAILED" || contains(var.notify_on, status) }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local._alarms

  alarm_name          = "${var.name}-${lower(replace(each.key, "_", "-"))}"
  alarm_description   = "An execution of ${var.name} ended as ${each.key}"
  namespace           = "AWS/States"
  metric_name         = each.value
  dimensions          = { StateMachineArn = aws_sfn_state_machine.this.arn }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching" # no execution, no metric
  alarm_actions       = [var.topic_arn]

  tags = var.tags
}

# An alarm says that something failed; the event says which execution.
resource "aws_cloudwatch_event_rule" "status" {
  count = length(var.notify_on) > 0 ? 1 : 0

  name        = "${var.name}-status"
  description = "Ends of executions of ${var.name} that people are told about"
  event_pattern = jsonencode({
    source        = ["aws.states"]
    "detail-type" = ["Step Functions Execution Status Change"]
    detail = {
      stateMachineArn = [aws_sfn_state_machine.this.arn]
      status          = sort(var.notify_on)
    }
  })

  tags = var.tags
}

resource "aws_cloudwatch_event_target" "status" {
  count = length(var.notify_on) > 0 ? 1 : 0

  rule      = aws_cloudwatch_event_rule.status[0].name
  target_id = "topic"
  arn       = var.topic_arn
}
