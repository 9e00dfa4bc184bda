variable "buckets" {
  description = "S3 buckets by key: after how many days objects expire (null for never), and whether destroying the environment may delete them with their contents."
  type = map(object({
    expiration_days = optional(number)
    force_destroy   = optional(bool, false)
  }))
  nullable = false

  validation {
    condition     = alltrue([for key in keys(var.buckets) : can(regex("^[a-z][a-z0-9-]{0,15}$", key))])
    error_message = "keys of buckets are at most 16 lower-case letters, digits and -, because they end the bucket's name, which S3 limits to 63: rename the key."
  }

  validation {
    condition     = !contains(keys(var.buckets), "tfstate")
    error_message = "buckets does not hold tfstate, because the bucket of that name keeps Terraform's state and must outlive the environment: choose another key."
  }

  validation {
    condition     = var.environment != "prod" || !anytrue([for bucket in var.buckets : bucket.force_destroy])
    error_message = "force_destroy is false for every bucket of prod, because a destroy would take the results with it: remove it."
  }
}

variable "notifications" {
  description = "Who is told about failed executions."
  type = object({
    emails = optional(set(string), [])
  })
  default  = {}
  nullable = false
}

variable "container_insights" {
  description = "CloudWatch Container Insights: ENABLED, ENHANCED or DISABLED becomes the default of the account in this region for ECS clusters made afterwards, those of Batch among them; null leaves the account alone."
  type        = string
  default     = null

  validation {
    condition     = var.container_insights == null ? true : contains(["ENABLED", "ENHANCED", "DISABLED"], var.container_insights)
    error_message = "container_insights is ENABLED, ENHANCED or DISABLED, because ECS has no other mode: set one of them, or null to leave the account alone."
  }
}
