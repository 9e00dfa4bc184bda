variable "queues" {
  description = "Job queues by key: compute names one to three compute environments, first choice first; fair_share divides the capacity among share identifiers and can never be given to or taken from an existing queue."
  type = map(object({
    priority = number
    compute  = list(string)
    enabled  = optional(bool, true)
    cancel_runnable_after_seconds = optional(object({
      misconfiguration = optional(number)
      capacity         = optional(number)
    }), { misconfiguration = 3600 })
    fair_share = optional(object({
      shares        = optional(map(number), {})
      decay_seconds = optional(number, 0)
      reservation   = optional(number, 0)
    }))
  }))
  nullable = false

  validation {
    condition     = alltrue(flatten([for queue in var.queues : [for key in queue.compute : contains(keys(var.compute), key)]]))
    error_message = "compute of a queue names keys of compute, because a queue without its environment runs nothing: known are ${join(", ", keys(var.compute))}."
  }

  validation {
    condition     = alltrue([for queue in var.queues : length(queue.compute) >= 1 && length(queue.compute) <= 3])
    error_message = "compute of a queue names one to three environments, because Batch takes no more: set the first choices only."
  }
}
