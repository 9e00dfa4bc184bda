variable "memory_mb" {
  description = "Memory in MiB; CPU grows with it."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb must be between 128 and 10240, because Lambda refuses others. Set memory_mb to a value in that range, for example 256."
  }
}

variable "timeout_seconds" {
  description = "Seconds after which a call is stopped."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900
    error_message = "timeout_seconds must be between 1 and 900, because Lambda stops at 15 minutes. Set timeout_seconds to a value in that range; longer work belongs into a Batch job."
  }
}

variable "reserved_concurrency" {
  description = "How many calls may run at once; null shares the account's pool, 0 stops the function."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null || try(var.reserved_concurrency >= 0, false)
    error_message = "reserved_concurrency must be 0 or more, because a negative number has no meaning here. Set reserved_concurrency to a number of calls, or to null to share the account's pool."
  }
}

variable "environment" {
  description = "Environment variables of the function; never secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", key)) && !startswith(key, "AWS_")])
    error_message = "environment must have names that start with a letter and not with AWS_, because Lambda reserves those. Rename the variable, for example to BATCHYARD_QUEUE."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the function's log."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a retention that CloudWatch Logs offers, because it refuses others. Set log_retention_days to 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the environment, the log and the dead-letter queue; null uses keys that AWS owns."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, because the role's policy names it and IAM takes no alias. Set kms_key_arn to arn:aws:kms:<region>:<account>:key/<id>, or to null."
  }
}
