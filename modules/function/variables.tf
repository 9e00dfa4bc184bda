variable "name" {
  description = "Name of the function, for example batchyard-dev-exome-submit-job."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits, hyphens and underscores, because Lambda refuses others. Set name to something like \"batchyard-dev-exome-submit-job\", or shorten the workflow's or the function's name."
  }
}

variable "description" {
  description = "What the function does, in one sentence."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = length(var.description) <= 256
    error_message = "description must be at most 256 characters, because Lambda refuses longer ones. Set description to one short sentence."
  }
}

variable "account_id" {
  description = "Id of the AWS account that the function is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits as a string, because it stands in policies and a number loses leading zeros. Set account_id to something like \"111122223333\"."
  }
}

variable "region" {
  description = "AWS Region that the function is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS Region, because it stands in ARNs. Set region to something like \"us-east-1\"."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
