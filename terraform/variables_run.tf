variable "provider_settings" {
  description = "How the AWS provider talks to its endpoint; only the local environment and offline plans need it."
  type = object({
    max_retries                 = optional(number)
    s3_use_path_style           = optional(bool, false)
    skip_credentials_validation = optional(bool, false)
    skip_metadata_api_check     = optional(bool)
    skip_region_validation      = optional(bool, false)
  })
  default  = {}
  nullable = false
}

variable "build_directory" {
  description = "Folder of the rendered bundles, one folder per environment in it, seen from this root."
  type        = string
  default     = "../build"
  nullable    = false
}
