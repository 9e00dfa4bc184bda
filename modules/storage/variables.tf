variable "name" {
  description = "Full name of the bucket, for example batchyard-dev-111122223333-data."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 63 lower-case letters, digits and hyphens without dots, because dots break TLS on bucket host names. Set name to something like \"batchyard-dev-111122223333-data\"."
  }
}

variable "versioning" {
  description = "Keep former versions of overwritten and deleted objects."
  type        = bool
  default     = true
  nullable    = false
}

variable "expiration_days" {
  description = "Days after which an object expires; null keeps objects for good."
  type        = number
  default     = null

  validation {
    condition     = var.expiration_days == null || try(var.expiration_days >= 1 && floor(var.expiration_days) == var.expiration_days, false)
    error_message = "expiration_days must be a whole number of at least 1, because S3 counts whole days. Set expiration_days to 1 or more, or to null to keep objects for good."
  }
}

variable "noncurrent_expiration_days" {
  description = "Days after which a former version of an object is removed; only used while versioning is on."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.noncurrent_expiration_days >= 1 && floor(var.noncurrent_expiration_days) == var.noncurrent_expiration_days
    error_message = "noncurrent_expiration_days must be a whole number of at least 1, because S3 counts whole days and former versions would otherwise be billed for ever. Set noncurrent_expiration_days to 1 or more."
  }
}

variable "abort_incomplete_days" {
  description = "Days after which the parts of an unfinished multipart upload are removed."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.abort_incomplete_days >= 1 && floor(var.abort_incomplete_days) == var.abort_incomplete_days
    error_message = "abort_incomplete_days must be a whole number of at least 1, because S3 counts whole days. Set abort_incomplete_days to longer than the longest upload, for example 7."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts objects; null encrypts with S3's own keys (AES256)."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, because an alias or a bare id is looked up in the caller's account. Set kms_key_arn to arn:aws:kms:<region>:<account>:key/<id>, or to null."
  }
}

variable "force_destroy" {
  description = "Delete the bucket's objects when Terraform destroys it; only for environments whose data can be made again."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
