output "bucket_names" {
  description = "Names of the buckets, by key."
  value       = { for key, bucket in module.storage : key => bucket.name }
}

output "queue_arns" {
  description = "ARNs of the job queues, by key."
  value       = { for key, queue in module.queue : key => queue.arn }
}

output "compute_environment_names" {
  description = "Names of the compute environments with their suffixes, by key."
  value       = { for key, compute in module.compute : key => compute.name }
}

output "state_machine_arns" {
  description = "ARNs of the state machines without alias, by workflow."
  value       = { for key, workflow in module.workflow : key => workflow.state_machine_arn }

  precondition {
    condition     = length(local._missing) == 0
    error_message = "No bundle in ${local._build} for: ${join(", ", local._missing)}. Run make render ENV=${var.environment}, or take the name out of workflows in environments/${var.environment}.tfvars."
  }

  precondition {
    condition     = length(local._foreign) == 0
    error_message = "Bundles in ${local._build} were rendered for another environment: ${join(", ", local._foreign)}. Run make render ENV=${var.environment}."
  }
}

output "state_machine_alias_arns" {
  description = "ARNs of the live aliases, which runs start, by workflow."
  value       = { for key, workflow in module.workflow : key => workflow.alias_arn }
}

output "job_definition_arns" {
  description = "ARNs of the newest job definition revisions, by workflow and job."
  value = {
    for workflow, bundle in local.bundles : workflow => {
      for key in keys(bundle.job_definitions) : key => module.job_definition["${workflow}/${key}"].arn
    }
  }
}

output "function_names" {
  description = "Names of the functions, by workflow/function."
  value       = { for key, function in module.function : key => function.name }
}

output "log_group_names" {
  description = "Names of the log groups of executions, by workflow."
  value       = { for key, workflow in module.workflow : key => workflow.log_group_name }
}

output "topic_arn" {
  description = "ARN of the topic for alarms and status changes."
  value       = module.notifications.arn
}

output "repository_urls" {
  description = "Addresses of the image repositories without a tag, by image."
  value       = { for key, repository in module.registry : key => repository.url }
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = module.network.vpc_id
}

output "subnet_ids" {
  description = "Ids of the subnets, by kind and availability zone."
  value = {
    public   = module.network.public_subnet_ids
    private  = module.network.private_subnet_ids
    isolated = module.network.isolated_subnet_ids
  }
}
