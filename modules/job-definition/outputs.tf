output "arn" {
  description = "ARN of the newest revision."
  value       = aws_batch_job_definition.this.arn
}

output "arn_prefix" {
  description = "ARN without revision, which stands for the newest active one; known before an apply."
  value       = aws_batch_job_definition.this.arn_prefix
}

output "name" {
  description = "Name of the job definition."
  value       = aws_batch_job_definition.this.name
}

output "revision" {
  description = "Number of the newest revision."
  value       = aws_batch_job_definition.this.revision
}

output "role_arn" {
  description = "ARN of the job's role; null without one."
  value       = one(aws_iam_role.job[*].arn)
}

output "execution_role_arn" {
  description = "ARN of the execution role; null without one."
  value       = one(aws_iam_role.execution[*].arn)
}
