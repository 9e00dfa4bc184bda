# A function belongs to one workflow, so that its role is exact.
module "function" {
  source   = "../modules/function"
  for_each = local.functions

  name                 = each.value.name
  description          = each.value.description
  zip_path             = "${local._build}/${each.value.zip}"
  sha256_base64        = each.value.sha256_base64
  handler              = each.value.handler
  runtime              = each.value.runtime
  architecture         = each.value.architecture
  memory_mb            = each.value.memory_mb
  timeout_seconds      = each.value.timeout_seconds
  environment          = each.value.environment
  reserved_concurrency = each.value.reserved_concurrency
  role                 = local.roles["${split("/", each.key)[0]}/function/${split("/", each.key)[1]}"]
  log_retention_days   = var.log_retention_days
  account_id           = var.account_id
  region               = var.region
  tags                 = local.tags
}

# Of the four bodies a bundle holds one; three are JSON texts, because that is what the provider takes.
module "job_definition" {
  source   = "../modules/job-definition"
  for_each = local.job_definitions

  name                  = each.value.name
  type                  = each.value.type
  platform_capabilities = each.value.platform_capabilities
  container_properties  = try(jsonencode(each.value.container_properties), null)
  ecs_properties        = try(jsonencode(each.value.ecs_properties), null)
  node_properties       = try(jsonencode(each.value.node_properties), null)
  eks_properties        = try(each.value.eks_properties, null)
  parameters            = each.value.parameters
  retry_strategy        = each.value.retry_strategy
  timeout_seconds       = each.value.timeout_seconds
  propagate_tags        = each.value.propagate_tags
  scheduling_priority   = each.value.scheduling_priority
  allow_privileged      = contains(var.privileged_jobs, each.key)
  role                  = lookup(local.roles, replace(each.key, "/", "/job/"), null)
  execution_role        = lookup(local.roles, replace(each.key, "/", "/execution/"), null)
  account_id            = var.account_id
  region                = var.region
  tags                  = merge(each.value.tags, local.tags)
}

module "workflow" {
  source   = "../modules/workflow"
  for_each = local.bundles

  name = each.value.name
  state_machine = {
    type                   = each.value.state_machine.type
    definition             = file("${local._build}/${each.value.state_machine.definition}")
    alias                  = each.value.state_machine.alias
    log_level              = each.value.state_machine.log_level
    include_execution_data = each.value.state_machine.include_execution_data
    tracing                = each.value.state_machine.tracing
    role                   = local.roles["${each.key}/states"]
  }
  notify_on          = each.value.notify.on
  topic_arn          = module.notifications.arn
  log_retention_days = var.log_retention_days
  account_id         = var.account_id
  region             = var.region
  tags               = local.tags

  # A new version goes live only when the functions and job definitions that it calls are there.
  depends_on = [module.function, module.job_definition]
}
