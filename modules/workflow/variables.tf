variable "name" {
  description = "Name of the state machine, and stem of everything around it, such as batchyard-dev-exome."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]+$", var.name))
    error_message = "name holds letters, digits, - and _ only, because other characters break log groups and metrics: set one such as batchyard-dev-exome."
  }

  validation {
    condition     = length(var.name) <= 57
    error_message = "name has at most 57 characters, because event rule names end at 64 and -status is appended: shorten the project, environment or workflow."
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

variable "notify_on" {
  description = "Statuses of an execution that are told to the topic; SUCCEEDED tells without an alarm."
  type        = set(string)
  default     = ["FAILED", "TIMED_OUT", "ABORTED"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.notify_on, ["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED", "RUNNING"])) == 0
    error_message = "notify_on names statuses of Step Functions executions: set any of FAILED, TIMED_OUT, ABORTED, SUCCEEDED, RUNNING."
  }
}

variable "topic_arn" {
  description = "ARN of the SNS topic for alarms and status changes; its policy lets CloudWatch and EventBridge publish."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the state machine's log is kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is a period that CloudWatch Logs offers: set 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "tags" {
  description = "Tags for everything made here."
  type        = map(string)
  default     = {}
  nullable    = false
}
