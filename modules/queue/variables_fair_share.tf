variable "fair_share" {
  description = "Weights by share identifier (a lower weight gets more; identifiers not named have 1), the seconds that past use counts, and the percentage of vCPUs kept for shares not yet in use; null for first in, first out. Can never be given to or taken from an existing queue."
  type = object({
    shares        = optional(map(number), {})
    decay_seconds = optional(number, 0)
    reservation   = optional(number, 0)
  })
  default = null

  validation {
    condition     = alltrue([for name in keys(try(var.fair_share.shares, {})) : can(regex("^[A-Za-z0-9]{1,255}[*]?$", name))])
    error_message = "identifiers in fair_share.shares are at most 255 letters and digits, with * at the end of a prefix, because Batch takes nothing else: rename them."
  }

  validation {
    condition = alltrue(flatten([
      for name in keys(try(var.fair_share.shares, {})) : [
        for other in keys(var.fair_share.shares) : other == name || !startswith(other, trimsuffix(name, "*")) if endswith(name, "*")
      ]
    ]))
    error_message = "identifiers in fair_share.shares do not overlap, because Batch would not know which weight counts: keep either the prefix with * or what it holds."
  }

  validation {
    condition     = length(try(var.fair_share.shares, {})) <= 500
    error_message = "fair_share.shares holds at most 500 identifiers, because Batch takes no more: name those that differ from 1, or use prefixes."
  }

  validation {
    condition     = alltrue([for weight in values(try(var.fair_share.shares, {})) : weight >= 0.0001 && weight <= 999.9999])
    error_message = "weights in fair_share.shares lie between 0.0001 and 999.9999, because Batch takes nothing else: set 1, or less for a share that gets more."
  }

  validation {
    condition     = try(var.fair_share.decay_seconds >= 0 && var.fair_share.decay_seconds <= 604800, true)
    error_message = "fair_share.decay_seconds lies between 0 and 604800, because Batch looks back a week at most: set such a number; 0 stands for 600."
  }

  validation {
    condition     = try(var.fair_share.reservation >= 0 && var.fair_share.reservation <= 99, true)
    error_message = "fair_share.reservation is a percentage from 0 to 99, because Batch takes nothing else: set such a number."
  }

  validation {
    condition     = var.fair_share == null || var.scheduling_policy_arn == null
    error_message = "fair_share and scheduling_policy_arn exclude each other, because a queue has one policy: set fair_share to have it made, or the ARN of another module's."
  }
}
