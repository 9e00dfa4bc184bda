variable "name" {
  description = "Name of the environment without its random suffix, such as batchyard-dev-spot; also the stem of its roles, launch template, placement group and security group."
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
  description = "Where jobs run: EC2 (on demand), SPOT, FARGATE, FARGATE_SPOT, EKS (nodes for an existing cluster), or UNMANAGED (instances that you start and join to its ECS cluster)."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "EKS", "UNMANAGED"], var.type)
    error_message = "type names a kind that this module makes: set EC2, SPOT, FARGATE, FARGATE_SPOT, EKS or UNMANAGED."
  }
}

variable "max_vcpus" {
  description = "Most vCPUs in use at a time, the hard bound of what this environment can cost; null for UNMANAGED, where Batch starts nothing."
  type        = number
  default     = null

  validation {
    condition     = var.max_vcpus == null ? true : var.max_vcpus >= 1 && floor(var.max_vcpus) == var.max_vcpus
    error_message = "max_vcpus is a whole number of at least 1, because an environment without room never starts a job: set 1 or more, or disable its queues."
  }

  validation {
    condition     = (var.max_vcpus == null) == (var.type == "UNMANAGED")
    error_message = "max_vcpus is set for every type but UNMANAGED, because Batch starts instances and tasks up to it: set it, or remove it from an unmanaged environment."
  }
}

variable "tags" {
  description = "Tags for everything made here, and for the instances, volumes and network interfaces that Batch starts."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length([for key in keys(var.tags) : key if startswith(lower(key), "aws:")]) == 0
    error_message = "keys of tags do not start with aws:, because AWS keeps these to itself and no instance would start: rename them."
  }
}
