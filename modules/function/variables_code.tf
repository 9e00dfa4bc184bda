variable "zip_path" {
  description = "Path of the function's zip, built before the plan."
  type        = string
  nullable    = false
}

variable "sha256_base64" {
  description = "SHA-256 of the zip in base64, computed where the zip is built; a new value publishes a new version."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+/]{43}=$", var.sha256_base64))
    error_message = "sha256_base64 must be 44 characters of base64, because Lambda compares it with the zip and a hex digest never matches. Set sha256_base64 to what the build printed, or to filebase64sha256(<zip>)."
  }
}

variable "handler" {
  description = "Module and function that Lambda calls."
  type        = string
  default     = "handler.handler"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./]+\\.[A-Za-z0-9_]+$", var.handler))
    error_message = "handler must be <module>.<function>, because Lambda imports the one and calls the other. Set handler to something like \"handler.handler\"."
  }
}

variable "runtime" {
  description = "Lambda runtime."
  type        = string
  default     = "python3.12"
  nullable    = false

  validation {
    condition     = can(regex("^python3\\.(9|1[0-9])$", var.runtime))
    error_message = "runtime must be a Python runtime of Lambda, because functions are packaged as Python sources. Set runtime to something like \"python3.12\"."
  }
}

variable "architecture" {
  description = "Instruction set: x86_64 or arm64."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture must be x86_64 or arm64, because Lambda has no other. Set architecture to the one that the zip was built for."
  }
}
