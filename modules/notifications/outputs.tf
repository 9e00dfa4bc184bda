output "name" {
  description = "Name of the topic."
  value       = aws_sns_topic.this.name
}

output "arn" {
  description = "ARN of the topic."
  value       = aws_sns_topic.this.arn
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts messages; a role that publishes needs kms:GenerateDataKey and kms:Decrypt on it."
  value       = aws_sns_topic.this.kms_master_key_id
}
