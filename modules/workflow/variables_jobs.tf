variable "job_definitions" {
  description = "Job definitions by job: container_properties is the JSON of the Batch API, retry_strategy keeps the API's spelling, role.statements are policy statements."
  type = map(object({
    name                  = string
    type                  = optional(string, "container")
    platform_capabilities = optional(set(string), ["EC2"])
    container_properties  = string
    parameters            = optional(map(string), {})
    retry_strategy = optional(object({
      attempts = optional(number, 1)
      evaluateOnExit = optional(list(object({
        action         = string
        onExitCode     = optional(string)
        onReason       = optional(string)
        onStatusReason = optional(string)
      })), [])
    }), {})
    timeout_seconds = number
    propagate_tags  = optional(bool, true)
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
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for job in var.job_definitions : can(jsondecode(job.container_properties).image)])
    error_message = "container_properties of every job definition is JSON with an image, because Batch refuses the rest: pass jsonencode({ image = ..., ... })."
  }

  validation {
    condition     = !anytrue([for job in var.job_definitions : can(regex(":latest$", jsondecode(job.container_properties).image))])
    error_message = "no image of a job definition ends with :latest, because a run could then not be repeated: set a tag that never moves."
  }

  validation {
    condition     = alltrue([for job in var.job_definitions : job.timeout_seconds >= 60])
    error_message = "timeout_seconds of every job definition is at least 60, because Batch refuses less: set the longest time that one attempt may take."
  }

  validation {
    condition     = alltrue([for job in var.job_definitions : job.retry_strategy.attempts >= 1 && job.retry_strategy.attempts <= 10])
    error_message = "retry_strategy.attempts lies between 1 and 10, because Batch takes nothing else: set 1 for no retry."
  }

  validation {
    condition     = alltrue([for job in var.job_definitions : length(job.retry_strategy.evaluateOnExit) <= 5])
    error_message = "retry_strategy.evaluateOnExit has at most five rules, because Batch takes no more: join rules with a * at the end of a pattern."
  }

  validation {
    condition     = alltrue([for job in var.job_definitions : length(job.role.name) <= 64])
    error_message = "role.name of every job definition has at most 64 characters, because IAM takes no more: shorten the workflow's or the job's name."
  }
}
