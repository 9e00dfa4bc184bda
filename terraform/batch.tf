locals {
  # In the order in which cloud-init runs them on a new instance.
  user_data_parts = [
    {
      name    = "scratch.sh"
      content = templatefile("../templates/user-data/scratch.sh.tftpl", { device = "/dev/sdf", mount_point = "/scratch" })
    },
    {
      name    = "ecs-agent.sh"
      content = templatefile("../templates/user-data/ecs-agent.sh.tftpl", {})
    },
  ]
}

# Jobs run in private subnets only, without public addresses; without a NAT gateway they reach AWS by endpoints.
module "compute" {
  source   = "../modules/compute"
  for_each = var.compute

  name                = "${local.prefix}-${each.key}"
  type                = each.value.type
  max_vcpus           = each.value.max_vcpus
  instance_types      = each.value.instance_types
  spot_bid_percentage = each.value.spot_bid_percentage
  scratch_gib         = each.value.scratch_gib
  subnet_ids          = values(module.network.private_subnet_ids)
  security_group_ids  = [module.network.batch_security_group_id]
  user_data_parts     = local.user_data_parts
  tags                = local.tags
}

module "queue" {
  source   = "../modules/queue"
  for_each = var.queues

  name                      = "${local.prefix}-${each.key}"
  priority                  = each.value.priority
  compute_environment_arns  = [for key in each.value.compute : module.compute[key].arn]
  compute_environment_types = [for key in each.value.compute : var.compute[key].type]
  tags                      = local.tags
}
