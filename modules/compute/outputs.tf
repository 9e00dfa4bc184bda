output "arn" {
  description = "ARN of the compute environment; changes when it is replaced."
  value       = aws_batch_compute_environment.this.arn
}

output "name" {
  description = "Name of the compute environment with its suffix."
  value       = aws_batch_compute_environment.this.compute_environment_name
}

output "type" {
  description = "Where its jobs run: EC2, SPOT, FARGATE, FARGATE_SPOT, EKS or UNMANAGED."
  value       = var.type
}

output "architecture" {
  description = "Processor of its instances, x86_64 or arm64; null where jobs choose (Fargate) or you do (UNMANAGED)."
  value       = local.on_instances ? one(local.architectures) : null
}

output "ecs_cluster_arn" {
  description = "ARN of the ECS cluster that Batch made; instances of an unmanaged environment join it."
  value       = aws_batch_compute_environment.this.ecs_cluster_arn
}

output "instance_role_name" {
  description = "Name of the role of the instances; null without instances."
  value       = one(aws_iam_role.instance[*].name)
}

output "instance_role_arn" {
  description = "ARN of the role of the instances, which an EKS cluster has to let in as nodes; null without instances."
  value       = one(aws_iam_role.instance[*].arn)
}

output "launch_template_id" {
  description = "Id of the launch template; null without instances."
  value       = one(aws_launch_template.this[*].id)
}

output "nodes_security_group_id" {
  description = "Id of the security group for traffic between nodes; null without placement_group."
  value       = one(aws_security_group.nodes[*].id)
}
