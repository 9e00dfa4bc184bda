variable "name" {
  description = "Name of the repository, for example batchyard-dev/align."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$", var.name)) && length(var.name) >= 2 && length(var.name) <= 256
    error_message = "name must be 2 to 256 lower-case letters, digits and single . _ - between them, with / for name spaces, because ECR refuses others. Set name to something like \"batchyard-dev/align\"."
  }
}

variable "keep_images" {
  description = "How many tagged images to keep; older ones expire."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.keep_images >= 1 && floor(var.keep_images) == var.keep_images
    error_message = "keep_images must be a whole number of at least 1, because a lifecycle rule that keeps none would remove the image in use. Set keep_images to more than the releases that may still run, for example 50."
  }
}

variable "untagged_expiration_days" {
  description = "Days after which an image without a tag expires."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.untagged_expiration_days >= 1 && floor(var.untagged_expiration_days) == var.untagged_expiration_days
    error_message = "untagged_expiration_days must be a whole number of at least 1, because ECR counts whole days. Set untagged_expiration_days to 1 or more."
  }
}

variable "pull_account_ids" {
  description = "Ids of further AWS accounts that may pull images."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.pull_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "pull_account_ids must hold 12-digit account ids as strings, because a number loses leading zeros and a wrong id would grant to a stranger. Set pull_account_ids to something like [\"111122223333\"]."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts images; null uses the key that AWS manages for ECR. A change replaces the repository."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, because ECR stores it as given and a later change replaces the repository with all its images. Set kms_key_arn to arn:aws:kms:<region>:<account>:key/<id>, or to null."
  }
}

variable "force_delete" {
  description = "Delete the repository's images when Terraform destroys it."
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
