output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.id
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "uri" {
  description = "The bucket as an S3 URI, without a slash at the end."
  value       = "s3://${aws_s3_bucket.this.id}"
}
