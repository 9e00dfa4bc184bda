variable "name" {
  description = "Name of the queue; a new name is a new queue, and the jobs in the old one are lost."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}$", var.name))
    error_message = "name holds at most 128 letters, digits, - and _, because Batch takes nothing else: set one such as batchyard-dev-high."
  }
}

variable "priority" {
  description = "Priority over other queues of the same compute environments; higher goes first."
  type        = number
  nullable    = false

  validation {
    condition     = var.priority >= 0 && var.priority <= 1000 && floor(var.priority) == var.priority
    error_message = "priority is a whole number from 0 to 1000, because Batch takes nothing else: set 1000 for the most urgent queue, 1 for the least."
  }
}

variable "compute_environment_arns" {
  description = "ARNs of one to three compute environments, first choice first, of this configuration or of another; all on EC2, all on Fargate or all on EKS."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.compute_environment_arns) >= 1 && length(var.compute_environment_arns) <= 3
    error_message = "compute_environment_arns holds one to three ARNs, because a Batch queue takes no more and is useless without: set the first choices only."
  }

  validation {
    condition     = length(distinct(var.compute_environment_arns)) == length(var.compute_environment_arns)
    error_message = "compute_environment_arns names each environment once, because Batch refuses it twice in a queue: remove the second one."
  }
}

variable "compute_environment_types" {
  description = "Types (EC2, SPOT, FARGATE, FARGATE_SPOT, EKS, UNMANAGED) of the same environments, to check that they can share a queue."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct([for type in var.compute_environment_types : contains(["FARGATE", "FARGATE_SPOT", "EKS"], type) ? trimsuffix(type, "_SPOT") : "EC2"])) <= 1
    error_message = "compute_environment_types is all on instances (EC2, SPOT, UNMANAGED), all on Fargate or all EKS, because Batch refuses a queue over more than one: make a queue for each."
  }
}

variable "compute_environment_architectures" {
  description = "Architectures (x86_64, arm64, or null where unknown or chosen by jobs) of the same environments, to check that they can share a queue."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct([for architecture in var.compute_environment_architectures : architecture if architecture != null])) <= 1
    error_message = "compute_environment_architectures is all x86_64 or all arm64, because Batch refuses a queue over both: make a queue for each."
  }
}

variable "enabled" {
  description = "Whether the queue takes new jobs; jobs that it holds run on."
  type        = bool
  default     = true
  nullable    = false
}

variable "scheduling_policy_arn" {
  description = "ARN of another module's fair-share policy; null for fair_share, or for first in, first out. Can never be added to or taken from an existing queue."
  type        = string
  default     = null
}

variable "cancel_runnable_after_seconds" {
  description = "How long the job at the head may wait as RUNNABLE before Batch cancels it: misconfiguration for jobs that fit no environment, capacity for missing instances; null never cancels."
  type = object({
    misconfiguration = optional(number)
    capacity         = optional(number)
  })
  default  = { misconfiguration = 3600 }
  nullable = false

  validation {
    condition = alltrue([
      for seconds in values(var.cancel_runnable_after_seconds) : seconds == null ? true : seconds >= 600 && seconds <= 86400
    ])
    error_message = "cancel_runnable_after_seconds lies between 600 and 86400, because Batch takes nothing else: set such a number, or null to never cancel."
  }
}

variable "tags" {
  description = "Tags for the queue."
  type        = map(string)
  default     = {}
  nullable    = false
}
