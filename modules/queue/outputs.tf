output "arn" {
  description = "ARN of the queue."
  value       = aws_batch_job_queue.this.arn
}

output "name" {
  description = "Name of the queue."
  value       = aws_batch_job_queue.this.name
}
