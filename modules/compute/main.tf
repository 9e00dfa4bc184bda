resource "aws_batch_compute_environment" "this" {
  # A prefix, because a replacement must exist before the queues can leave the old one, and both need a name then.
  compute_environment_name_prefix = local.name_prefix
  type                            = var.type == "UNMANAGED" ? "UNMANAGED" : "MANAGED"
  state                           = "ENABLED"

  # Unset where Batch manages: it then uses its service-linked role, without which most updates are replacements.
  service_role = one(aws_iam_role.service[*].arn)

  dynamic "compute_resources" {
    for_each = var.type == "UNMANAGED" ? [] : [local.resource_type]
    content {
      type      = compute_resources.value
      max_vcpus = var.max_vcpus
      subnets   = var.subnet_ids

      # With EFA the groups belong to the interfaces of the launch template: Batch refuses them in both places.
      security_group_ids = local.efa ? null : local.security_group_ids

      # desired_vcpus stays unset: Batch moves it with the load, and a value here would fight the scaler.
      min_vcpus           = local.on_instances ? var.min_vcpus : null
      allocation_strategy = local.allocation_strategy
      instance_type       = local.on_instances ? var.instance_types : null
      instance_role       = one(aws_iam_instance_profile.instance[*].arn)
      bid_percentage      = local.on_spot ? var.spot_bid_percentage : null
      spot_iam_fleet_role = one(aws_iam_role.spot_fleet[*].arn)
      placement_group     = one(aws_placement_group.this[*].name)

      # The provider's default tags do not reach what Batch starts, so instances get them here.
      tags = local.on_instances ? merge(var.tags, { Name = var.name }) : null

      dynamic "ec2_configuration" {
        for_each = local.on_instances ? [local.image_type] : []
        content {
          image_type        = ec2_configuration.value
          image_id_override = var.image_id
        }
      }

      # A launch template from the first day, because adding one later replaces the environment. Its number, because
      # with $Latest Batch would not notice a new version.
      dynamic "launch_template" {
        for_each = aws_launch_template.this
        content {
          launch_template_id = launch_template.value.id
          version            = launch_template.value.latest_version
        }
      }
    }
  }

  dynamic "eks_configuration" {
    for_each = var.eks == null ? [] : [var.eks]
    content {
      eks_cluster_arn      = eks_configuration.value.cluster_arn
      kubernetes_namespace = eks_configuration.value.namespace
    }
  }

  # With BEST_FIT Batch replaces no instances, so there is nothing to say about the jobs on them.
  dynamic "update_policy" {
    for_each = local.on_instances && local.allocation_strategy != "BEST_FIT" ? [var.update_policy] : []
    content {
      job_execution_timeout_minutes = update_policy.value.timeout_minutes
      terminate_jobs_on_update      = update_policy.value.terminate_jobs
    }
  }

  tags = var.tags

  # Without its roles an environment can not be deleted, and stays in DELETING.
  depends_on = [
    aws_iam_role_policy.registry,
    aws_iam_role_policy_attachment.instance,
    aws_iam_role_policy_attachment.node,
    aws_iam_role_policy_attachment.service,
    aws_iam_role_policy_attachment.spot_fleet,
    aws_vpc_security_group_egress_rule.nodes,
    aws_vpc_security_group_ingress_rule.nodes,
  ]

  lifecycle {
    create_before_destroy = true
  }
}
