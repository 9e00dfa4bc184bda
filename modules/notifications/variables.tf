variable "name" {
  description = "Name of the topic, for example batchyard-dev-notifications."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,256}$", var.name))
    error_message = "name must be 1 to 256 letters, digits, hyphens and underscores, because SNS refuses others and .fifo topics take no e-mail. Set name to something like \"batchyard-dev-notifications\"."
  }
}

variable "account_id" {
  description = "Id of the AWS account that the topic is in; only its CloudWatch may publish."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits as a string, because it stands in policies and a number loses leading zeros. Set account_id to something like \"111122223333\"."
  }
}

variable "region" {
  description = "AWS Region that the topic is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS Region, because it stands in ARNs. Set region to something like \"us-east-1\"."
  }
}

variable "emails" {
  description = "E-mail addresses to subscribe; each owner confirms by the link that AWS sends."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "emails must hold plain addresses, because SNS sends the confirmation there and a wrong one stays pending for ever. Set emails to something like [\"team@example.com\"]."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts messages, whose policy lets EventBridge and CloudWatch use it; null makes such a key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a customer managed key, because no service may use alias/aws/sns and its messages would be dropped unseen. Set kms_key_arn to arn:aws:kms:<region>:<account>:key/<id>, or to null for a key of its own."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
