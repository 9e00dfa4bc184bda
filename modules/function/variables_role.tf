variable "role" {
  description = "Name of the function's IAM role and the policy statements that its code needs beyond logs, traces and the dead-letter queue."
  type = object({
    name = string
    statements = optional(list(object({
      Sid       = optional(string)
      Effect    = optional(string, "Allow")
      Action    = list(string)
      Resource  = list(string)
      Condition = optional(map(map(list(string))))
    })), [])
  })
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role.name))
    error_message = "role.name must be 1 to 64 letters, digits and +=,.@_-, because IAM refuses others. Set role.name to something like \"batchyard-dev-exome-submit-job-function\"."
  }

  validation {
    condition     = alltrue([for s in var.role.statements : contains(["Allow", "Deny"], s.Effect)])
    error_message = "role.statements must have Effect Allow or Deny, because IAM knows no other. Set Effect, or leave it out for Allow."
  }

  validation {
    condition     = alltrue([for s in var.role.statements : length(s.Action) > 0 && length(s.Resource) > 0])
    error_message = "role.statements must name at least one Action and one Resource, because IAM refuses an empty list. Remove the statement or fill Action and Resource."
  }

  validation {
    condition     = alltrue([for s in var.role.statements : s.Effect == "Deny" || alltrue([for a in s.Action : !endswith(a, "*")])])
    error_message = "role.statements must name each Action in full, because a wildcard grants what AWS adds later. Replace \"service:*\" by the actions that the code calls."
  }
}
