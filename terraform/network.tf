module "network" {
  source = "../modules/network"

  name_prefix         = local.prefix
  account_id          = var.account_id
  region              = var.region
  cidr                = var.network.cidr
  zones               = var.network.zones
  nat                 = var.network.nat
  interface_endpoints = var.network.interface_endpoints
  flow_logs           = var.network.flow_logs

  # Batch takes no groups beside EFA interfaces, and puts the containers of nodes into the default group then.
  nodes_in_default_group = anytrue([for item in local.made_compute : item.efa_interfaces > 0])

  log_retention_days = var.log_retention_days
  tags               = local.tags
}
