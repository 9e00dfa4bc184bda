output "arn" {
  description = "ARN of the queue."
  value       = aws_batch_job_queue.this.arn
}

output "name" {
  description = "Name of the queue."
  value       = aws_batch_job_queue.this.name
}

output "scheduling_policy_arn" {
  description = "ARN of the queue's fair-share policy; null for first in, first out."
  value       = aws_batch_job_queue.this.scheduling_policy_arn
}
