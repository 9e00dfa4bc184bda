variable "name_prefix" {
  description = "Start of every name, for example batchyard-dev."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,47}$", var.name_prefix))
    error_message = "name_prefix must be 1 to 48 lower-case letters, digits and hyphens, because IAM role names made from it end at 64. Set name_prefix to something like \"batchyard-dev\"."
  }
}

variable "account_id" {
  description = "Id of the AWS account that the network is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits as a string, because it stands in policies and a number loses leading zeros. Set account_id to something like \"111122223333\"."
  }
}

variable "region" {
  description = "AWS Region that the network is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS Region, because it stands in ARNs and endpoint names. Set region to something like \"us-east-1\"."
  }
}

variable "nodes_in_default_group" {
  description = "Let members of the VPC's default security group reach each other, and out as Batch instances do: for multi-node jobs with EFA, whose containers Batch puts into that group because their compute environment can name none."
  type        = bool
  default     = false
  nullable    = false
}

variable "flow_logs" {
  description = "Write the VPC's flow logs to CloudWatch Logs."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the flow logs."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a retention that CloudWatch Logs offers, because it refuses others. Set log_retention_days to 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the flow logs; null uses the key that CloudWatch Logs owns."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, because CloudWatch Logs takes no alias. Set kms_key_arn to arn:aws:kms:<region>:<account>:key/<id>, or to null."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
