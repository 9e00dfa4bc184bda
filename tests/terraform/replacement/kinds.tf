# A compute environment of every kind through the module as it is used: once as it stands, once for every edit that the
# project promises to make in place, and once for some that replace. The edits are made by edited = true.
variable "edited" {
  type     = bool
  default  = false
  nullable = false
}

locals {
  _in_place = ["instance_types", "subnets", "launch_template", "tags"]
  _edits = {
    EC2          = concat(["none", "placement_group"], local._in_place)
    SPOT         = concat(["none"], local._in_place)
    FARGATE      = ["none", "type", "subnets", "tags"]
    FARGATE_SPOT = ["none", "type", "subnets", "tags"]
    EKS          = concat(["none", "namespace"], local._in_place)
    UNMANAGED    = ["none", "tags"]
  }
  _cases = merge([for kind, edits in local._edits : { for edit in edits : "${kind}/${edit}" => { kind = kind, edit = var.edited ? edit : "none" } }]...)

  _other_type = { FARGATE = "FARGATE_SPOT", FARGATE_SPOT = "FARGATE" }

  # What a user chooses against the defaults, and what it costs.
  _strategies = { "SPOT/price" = "SPOT_PRICE_CAPACITY_OPTIMIZED", "EC2/best-fit" = "BEST_FIT" }
}

module "compute" {
  source   = "../modules/compute"
  for_each = merge(local._cases, { for key, strategy in local._strategies : key => { kind = split("/", key)[0], edit = "none" } })

  name                = "batchyard-test-${lower(replace(each.key, "/[/_]/", "-"))}"
  type                = each.value.edit == "type" ? local._other_type[each.value.kind] : each.value.kind
  max_vcpus           = each.value.kind == "UNMANAGED" ? null : 256
  allocation_strategy = lookup(local._strategies, each.key, null)
  instance_types      = each.value.edit == "instance_types" ? ["m6i", "c6i"] : contains(["EC2", "SPOT", "EKS"], each.value.kind) ? ["m6i"] : ["optimal"]
  spot_bid_percentage = each.value.kind == "SPOT" ? 50 : null
  subnet_ids          = each.value.kind == "UNMANAGED" ? [] : each.value.edit == "subnets" ? ["subnet-2"] : ["subnet-1"]
  security_group_ids  = each.value.kind == "UNMANAGED" ? [] : ["sg-1"]
  placement_group     = each.value.edit == "placement_group"
  vpc_id              = "vpc-1"
  tags                = { project = "batchyard", team = each.value.edit == "tags" ? "physics" : "genomics" }

  user_data_parts = contains(["EC2", "SPOT", "EKS"], each.value.kind) ? [
    { name = "scratch.sh", content = "#!/bin/sh\n: ${each.value.edit == "launch_template" ? "new" : "old"}\n" }
  ] : []

  eks = each.value.kind != "EKS" ? null : {
    cluster_arn = "arn:aws:eks:us-east-1:000000000000:cluster/shared"
    namespace   = each.value.edit == "namespace" ? "other" : "batch"
  }
}

module "queue" {
  source = "../modules/queue"
  for_each = {
    fifo             = ["EC2/none", "SPOT/none"]
    fair-share       = ["EC2/none", "SPOT/none"]
    replaced         = ["EC2/placement_group"]
    replaced-fargate = ["FARGATE/type", "FARGATE_SPOT/type"]
  }

  name                          = "batchyard-test-${each.key}"
  priority                      = 10
  compute_environment_arns      = [for key in each.value : module.compute[key].arn]
  cancel_runnable_after_seconds = { misconfiguration = 3600, capacity = 7200 }
  fair_share                    = each.key == "fair-share" ? { shares = { a = 1.0, b = 0.5 } } : null
  tags                          = { project = "batchyard" }
}
