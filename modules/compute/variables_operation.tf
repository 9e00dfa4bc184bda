variable "update_policy" {
  description = "What running jobs get when a change replaces instances, for EC2, SPOT and EKS: minutes to finish in, or terminate_jobs to stop them at once, after which their retry strategy decides."
  type = object({
    timeout_minutes = optional(number, 360)
    terminate_jobs  = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.update_policy.timeout_minutes >= 1 && var.update_policy.timeout_minutes <= 360 && floor(var.update_policy.timeout_minutes) == var.update_policy.timeout_minutes
    error_message = "update_policy.timeout_minutes is a whole number from 1 to 360, because provider 5.x takes no more (Batch takes 7200): set such a number, and update while long jobs are not running."
  }

  validation {
    condition     = local.on_instances || (var.update_policy.timeout_minutes == 360 && !var.update_policy.terminate_jobs)
    error_message = "update_policy is for EC2, SPOT and EKS, because there are no instances to replace elsewhere: leave it out."
  }
}

variable "container_insights" {
  description = "CloudWatch Container Insights that the environment's ECS cluster is to have: ENABLED, ENHANCED (both paid by the metric) or DISABLED. Batch takes the account's default (aws_ecs_account_setting_default) when it makes the cluster; each plan and apply warns while the cluster has another mode, and says what to run. null asks for nothing."
  type        = string
  default     = null

  validation {
    condition     = var.container_insights == null || contains(["ENABLED", "ENHANCED", "DISABLED"], coalesce(var.container_insights, "none"))
    error_message = "container_insights is ENABLED, ENHANCED or DISABLED, because Batch takes nothing else: set one of them, or null to leave it as it is."
  }

  validation {
    condition     = var.container_insights == null || var.type != "EKS"
    error_message = "container_insights is for environments on ECS, because an EKS cluster has an add-on of its own for it: remove it."
  }
}
