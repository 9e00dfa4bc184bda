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

module "workflow" {
  source   = "../modules/workflow"
  for_each = local.bundles

  name = each.value.name
  job_definitions = {
    for key, job in each.value.job_definitions : key => {
      name                  = job.name
      type                  = job.type
      platform_capabilities = job.platform_capabilities
      container_properties  = jsonencode(job.container_properties)
      parameters            = job.parameters
      retry_strategy        = job.retry_strategy
      timeout_seconds       = job.timeout_seconds
      propagate_tags        = job.propagate_tags
      role                  = local.roles["${each.key}/job/${key}"]
    }
  }
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

  # A new version goes live only when the functions that it calls are there.
  depends_on = [module.function]
}
