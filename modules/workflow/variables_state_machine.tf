variable "state_machine" {
  description = "The state machine: definition is its ASL as JSON, role.statements are policy statements; logging and tracing rights are added."
  type = object({
    type                   = optional(string, "STANDARD")
    definition             = string
    alias                  = optional(string, "live")
    log_level              = optional(string, "ALL")
    include_execution_data = optional(bool, true)
    tracing                = optional(bool, true)
    role = object({
      name = string
      statements = list(object({
        Sid       = optional(string)
        Effect    = optional(string, "Allow")
        Action    = list(string)
        Resource  = list(string)
        Condition = optional(map(map(list(string))))
      }))
    })
  })
  nullable = false

  validation {
    condition     = contains(["STANDARD", "EXPRESS"], var.state_machine.type)
    error_message = "state_machine.type is STANDARD or EXPRESS, because Step Functions has no other: set STANDARD for anything that waits for Batch jobs."
  }

  validation {
    condition     = can(jsondecode(var.state_machine.definition).StartAt) && can(jsondecode(var.state_machine.definition).States)
    error_message = "state_machine.definition is JSON with StartAt and States, because it is the machine's Amazon States Language: pass the rendered definition's text."
  }

  validation {
    condition     = contains(["ALL", "ERROR", "FATAL", "OFF"], var.state_machine.log_level)
    error_message = "state_machine.log_level is one of Step Functions' levels: set ALL, ERROR, FATAL or OFF."
  }

  validation {
    condition     = can(regex("^[a-zA-Z_-][a-zA-Z0-9_-]{0,79}$", var.state_machine.alias))
    error_message = "state_machine.alias does not start with a digit and has at most 80 letters, digits, - and _, because Step Functions takes nothing else: set one such as live."
  }

  validation {
    condition     = length(var.state_machine.role.name) <= 64
    error_message = "state_machine.role.name has at most 64 characters, because IAM takes no more: shorten the workflow's name."
  }
}
