output "state_machine_arn" {
  description = "ARN of the state machine, without version or alias."
  value       = aws_sfn_state_machine.this.arn
}

output "alias_arn" {
  description = "ARN of the alias; what callers start."
  value       = aws_sfn_alias.this.arn
}

output "version_arn" {
  description = "ARN of the version that the alias points at."
  value       = aws_sfn_state_machine.this.state_machine_version_arn
}

output "role_arn" {
  description = "ARN of the state machine's role."
  value       = aws_iam_role.states.arn
}

output "log_group_name" {
  description = "Name of the log group of executions."
  value       = aws_cloudwatch_log_group.states.name
}

output "alarm_names" {
  description = "Names of the alarms, by the status that raises them."
  value       = { for status, alarm in aws_cloudwatch_metric_alarm.this : status => alarm.alarm_name }
}
