variable "name" {
  description = "Name of the job definition, such as batchyard-dev-exome-align; a new name is a new definition, and the old one's revisions end."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}$", var.name))
    error_message = "name holds at most 128 letters, digits, - and _, because Batch takes nothing else: set one such as batchyard-dev-exome-align."
  }
}

variable "account_id" {
  description = "Account that everything lies in; the only one on whose behalf the roles may be assumed."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is twelve digits, because it becomes part of ARNs: set it as a string, with leading zeros."
  }
}

variable "region" {
  description = "Region that everything lies in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is a region's code, because it becomes part of ARNs: set one such as eu-west-1."
  }
}

variable "parameters" {
  description = "Defaults of the placeholders (Ref::name) in commands."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "timeout_seconds" {
  description = "Longest time in seconds that one attempt may take."
  type        = number
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 60
    error_message = "timeout_seconds is at least 60, because Batch refuses less: set the longest time that one attempt may take."
  }
}

variable "retry_strategy" {
  description = "How often and after which ends Batch tries again, in the API's spelling; rules are tried in order, and the last one ends the job."
  type = object({
    attempts = optional(number, 1)
    evaluateOnExit = optional(list(object({
      action         = string
      onExitCode     = optional(string)
      onReason       = optional(string)
      onStatusReason = optional(string)
    })), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.retry_strategy.attempts >= 1 && var.retry_strategy.attempts <= 10
    error_message = "retry_strategy.attempts lies between 1 and 10, because Batch takes nothing else: set 1 for no retry."
  }

  validation {
    condition     = var.retry_strategy.attempts == 1 || length(var.retry_strategy.evaluateOnExit) > 0
    error_message = "retry_strategy.evaluateOnExit has rules where attempts is over 1, because Batch would retry bad input and failed tools as well: say what is retried, and end with { onReason = \"*\", action = \"EXIT\" }."
  }

  validation {
    condition     = length(var.retry_strategy.evaluateOnExit) <= 5
    error_message = "retry_strategy.evaluateOnExit has at most five rules, because Batch takes no more: join rules with a * at the end of a pattern."
  }

  validation {
    condition     = alltrue([for rule in var.retry_strategy.evaluateOnExit : contains(["RETRY", "EXIT"], upper(rule.action))])
    error_message = "retry_strategy.evaluateOnExit has rules with action RETRY or EXIT, because Batch knows no other: set one of these."
  }

  validation {
    condition = alltrue([
      for rule in var.retry_strategy.evaluateOnExit : length(compact([rule.onExitCode, rule.onReason, rule.onStatusReason])) > 0
    ])
    error_message = "retry_strategy.evaluateOnExit has rules with a condition, because Batch refuses others: set onExitCode, onReason or onStatusReason, or * for every end."
  }

  validation {
    condition = alltrue([
      for rule in slice(reverse(var.retry_strategy.evaluateOnExit), 0, min(1, length(var.retry_strategy.evaluateOnExit))) :
      upper(rule.action) == "EXIT" && compact([rule.onExitCode, rule.onReason, rule.onStatusReason]) == tolist(["*"])
    ])
    error_message = "retry_strategy.evaluateOnExit ends with an EXIT on *, because Batch retries an end that no rule matches: add { onReason = \"*\", action = \"EXIT\" } as the last rule."
  }
}

variable "propagate_tags" {
  description = "Whether jobs hand their tags on to their tasks; pods take none."
  type        = bool
  default     = true
  nullable    = false
}

variable "scheduling_priority" {
  description = "Priority within a share of a fair-share queue, 0 to 9999, higher first; null for queues without shares."
  type        = number
  default     = null

  validation {
    condition     = var.scheduling_priority == null ? true : var.scheduling_priority >= 0 && var.scheduling_priority <= 9999
    error_message = "scheduling_priority lies between 0 and 9999, because Batch takes nothing else: set such a number, or null where the queue has no fair share."
  }
}

variable "tags" {
  description = "Tags for everything made here; the definition hands them on to its jobs."
  type        = map(string)
  default     = {}
  nullable    = false
}
