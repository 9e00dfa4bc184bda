locals {
  on_ec2  = contains(["EC2", "SPOT"], var.type)
  on_spot = var.type == "SPOT"

  # Only these two strategies (and no service role) let the provider update an environment in place; with
  # SPOT_PRICE_CAPACITY_OPTIMIZED, which AWS recommends and can update, provider 5.x replaces it on every change of
  # instance types, launch template or tags (hashicorp/terraform-provider-aws issue 38695).
  allocation_strategy = { EC2 = "BEST_FIT_PROGRESSIVE", SPOT = "SPOT_CAPACITY_OPTIMIZED" }
}

resource "aws_batch_compute_environment" "this" {
  # A prefix, because a replacement must exist before the queues can leave the old one, and both need a name then.
  compute_environment_name_prefix = "${var.name}-"
  type                            = "MANAGED"
  state                           = "ENABLED"

  # service_role stays unset: Batch then uses its service-linked role, without which most updates are replacements.

  compute_resources {
    type               = var.type
    max_vcpus          = var.max_vcpus
    subnets            = var.subnet_ids
    security_group_ids = var.security_group_ids

    # desired_vcpus stays unset: Batch moves it with the load, and a value here would fight the scaler.
    min_vcpus           = local.on_ec2 ? var.min_vcpus : null
    allocation_strategy = lookup(local.allocation_strategy, var.type, null)
    instance_type       = local.on_ec2 ? var.instance_types : null
    instance_role       = local.on_ec2 ? aws_iam_instance_profile.instance[0].arn : null
    bid_percentage      = local.on_spot ? var.spot_bid_percentage : null
    spot_iam_fleet_role = local.on_spot ? aws_iam_role.spot_fleet[0].arn : null

    # The provider's default tags do not reach what Batch starts, so instances get them here.
    tags = local.on_ec2 ? merge(var.tags, { Name = var.name }) : null

    dynamic "ec2_configuration" {
      for_each = local.on_ec2 ? ["ECS_AL2023"] : []
      content {
        image_type = ec2_configuration.value
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

  # A new image or instance type lets running jobs finish: 360 minutes is the longest that Batch waits for them.
  dynamic "update_policy" {
    for_each = local.on_ec2 ? [360] : []
    content {
      job_execution_timeout_minutes = update_policy.value
      terminate_jobs_on_update      = false
    }
  }

  tags = var.tags

  # Without its roles an environment can not be deleted, and stays in DELETING.
  depends_on = [
    aws_iam_role_policy_attachment.instance,
    aws_iam_role_policy_attachment.spot_fleet,
  ]

  lifecycle {
    create_before_destroy = true
  }
}
