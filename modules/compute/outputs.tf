output "arn" {
  description = "ARN of the compute environment; changes when it is replaced."
  value       = aws_batch_compute_environment.this.arn
}

output "name" {
  description = "Name of the compute environment with its suffix."
  value       = aws_batch_compute_environment.this.compute_environment_name
}

output "type" {
  description = "Where its jobs run: EC2, SPOT, FARGATE or FARGATE_SPOT."
  value       = var.type
}

output "instance_role_name" {
  description = "Name of the role of the instances; null for Fargate."
  value       = local.on_ec2 ? aws_iam_role.instance[0].name : null
}

output "launch_template_id" {
  description = "Id of the launch template; null for Fargate."
  value       = local.on_ec2 ? aws_launch_template.this[0].id : null
}
