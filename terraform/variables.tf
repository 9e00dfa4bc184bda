variable "project" {
  description = "Name of the project; every name starts with it."
  type        = string
  default     = "batchyard"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.project))
    error_message = "project is 2 to 20 lower-case letters, digits and -, because bucket and role names start with it and are short: set one such as batchyard."
  }
}

variable "environment" {
  description = "Name of the environment, as its tfvars file is called."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["local", "dev", "staging", "prod"], var.environment)
    error_message = "environment is local, dev, staging or prod, because names, state and permissions are told apart by it: set one of these, or add the new name to this rule."
  }
}

variable "account_id" {
  description = "Account that the environment lies in; the provider refuses any other."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is twelve digits, because it becomes part of names and ARNs: set it as a string, with leading zeros."
  }
}

variable "region" {
  description = "Region that the environment lies in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is a region's code, because it becomes part of ARNs: set one such as eu-west-1."
  }
}

variable "log_retention_days" {
  description = "Days that logs of functions, state machines and the network are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is a period that CloudWatch Logs offers: set 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "tags" {
  description = "Tags for everything, beside project and environment."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setintersection(keys(var.tags), ["project", "environment"])) == 0
    error_message = "tags does not hold project or environment, because these are set from the variables of that name: remove them."
  }
}
