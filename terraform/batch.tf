locals {
  # An environment with an ARN is another module's: queues only attach it.
  made_compute = { for key, item in var.compute : key => item if item.arn == null }

  # Jobs run in private subnets only, without public addresses; without a NAT gateway they reach AWS by endpoints.
  private_subnet_ids = {
    for key, item in local.made_compute : key => [
      for zone, id in module.network.private_subnet_ids : id if item.zones == null ? true : contains(item.zones, zone)
    ]
  }
}

module "compute" {
  source   = "../modules/compute"
  for_each = local.made_compute

  name                = "${local.prefix}-${each.key}"
  type                = each.value.type
  max_vcpus           = each.value.max_vcpus
  min_vcpus           = each.value.min_vcpus
  instance_types      = each.value.instance_types
  allocation_strategy = each.value.allocation_strategy
  spot_bid_percentage = each.value.spot_bid_percentage
  image               = each.value.image
  image_id            = each.value.image_id
  vpc_id              = module.network.vpc_id
  subnet_ids          = each.value.type == "UNMANAGED" ? [] : try(each.value.eks.subnet_ids, local.private_subnet_ids[each.key])
  security_group_ids  = each.value.type == "UNMANAGED" ? [] : try(each.value.eks.security_group_ids, [module.network.batch_security_group_id])
  placement_group     = each.value.placement_group
  efa_interfaces      = each.value.efa_interfaces
  root_gib            = each.value.root_gib
  scratch             = { kind = each.value.scratch.kind, gib = each.value.scratch.gib }
  user_data_parts     = lookup(local.user_data_parts, each.key, [])
  registry            = each.value.registry
  eks                 = try({ for name, value in each.value.eks : name => value if contains(["cluster_arn", "namespace", "capacity"], name) }, null)
  update_policy       = each.value.update_policy
  container_insights  = each.value.type == "EKS" ? null : var.container_insights
  tags                = merge(each.value.tags, local.tags)

  # A cluster takes the account's default when Batch makes it.
  depends_on = [aws_ecs_account_setting_default.container_insights]
}

module "queue" {
  source   = "../modules/queue"
  for_each = var.queues

  name                              = "${local.prefix}-${each.key}"
  priority                          = each.value.priority
  enabled                           = each.value.enabled
  compute_environment_arns          = [for key in each.value.compute : coalesce(var.compute[key].arn, try(module.compute[key].arn, null))]
  compute_environment_types         = [for key in each.value.compute : var.compute[key].type]
  compute_environment_architectures = [for key in each.value.compute : try(module.compute[key].architecture, null)]
  cancel_runnable_after_seconds     = each.value.cancel_runnable_after_seconds
  fair_share                        = each.value.fair_share
  tags                              = local.tags
}
