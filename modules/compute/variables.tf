variable "name" {
  description = "Name of the environment without its random suffix, such as batchyard-dev-spot; also the stem of its roles and its launch template."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9_-]*$", var.name))
    error_message = "name holds letters, digits, - and _ only, because Batch takes nothing else: set one such as batchyard-dev-spot."
  }

  validation {
    condition     = length(var.name) <= 53
    error_message = "name has at most 53 characters, because IAM role names end at 64 and the longest suffix is -spot-fleet: shorten the project, environment or key."
  }
}

variable "type" {
  description = "Where jobs run: EC2 (on demand), SPOT, FARGATE or FARGATE_SPOT."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["EC2", "SPOT", "FARGATE", "FARGATE_SPOT"], var.type)
    error_message = "type names one of the four kinds Batch manages: set EC2, SPOT, FARGATE or FARGATE_SPOT."
  }
}

variable "max_vcpus" {
  description = "Most vCPUs in use at a time; the hard bound of what this environment can cost."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_vcpus >= 1 && floor(var.max_vcpus) == var.max_vcpus
    error_message = "max_vcpus is a whole number of at least 1, because an environment without room never starts a job: set 1 or more, or disable its queues."
  }
}

variable "subnet_ids" {
  description = "Subnets that instances or Fargate tasks start in."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids holds at least one subnet, because Batch starts nothing without: set the private subnets of the network."
  }
}

variable "security_group_ids" {
  description = "Security groups of instances or Fargate tasks."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) > 0
    error_message = "security_group_ids holds at least one group, because the default group lets nothing out: set one that allows HTTPS out."
  }
}

variable "tags" {
  description = "Tags for everything made here, and for the instances and volumes that Batch starts."
  type        = map(string)
  default     = {}
  nullable    = false
}
