variable "compute" {
  description = "Compute environments by key."
  type = map(object({
    type                = optional(string, "SPOT")
    max_vcpus           = number
    instance_types      = optional(set(string), ["optimal"])
    spot_bid_percentage = optional(number)
    scratch_gib         = optional(number, 100)
  }))
  nullable = false

  validation {
    condition     = alltrue([for key in keys(var.compute) : can(regex("^[a-z][a-z0-9-]{0,19}$", key))])
    error_message = "keys of compute are at most 20 lower-case letters, digits and -, because they become part of role names: rename the key."
  }

  validation {
    condition     = alltrue([for item in var.compute : contains(["EC2", "SPOT", "FARGATE", "FARGATE_SPOT"], item.type)])
    error_message = "type of a compute environment is EC2, SPOT, FARGATE or FARGATE_SPOT, because Batch manages these four: set one of them."
  }
}

variable "queues" {
  description = "Job queues by key: compute names one to three compute environments, first choice first."
  type = map(object({
    priority = number
    compute  = list(string)
  }))
  nullable = false

  validation {
    condition     = alltrue(flatten([for queue in var.queues : [for key in queue.compute : contains(keys(var.compute), key)]]))
    error_message = "compute of a queue names keys of compute, because a queue without its environment runs nothing: known are ${join(", ", keys(var.compute))}."
  }

  validation {
    condition     = alltrue([for queue in var.queues : length(queue.compute) >= 1 && length(queue.compute) <= 3])
    error_message = "compute of a queue names one to three environments, because Batch takes no more: set the first choices only."
  }
}

variable "workflows" {
  description = "Deployed workflows by name: the folder they come from (the same name when left out) and what they override. Rendering reads the values; Terraform deploys the bundles of these names."
  type = map(object({
    folder       = optional(string)
    wait         = optional(string)
    poll_seconds = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.workflows) : can(regex("^[a-z][a-z0-9-]{0,23}$", name))])
    error_message = "names of workflows are at most 24 lower-case letters, digits and -, because they become part of role names: rename the key and keep the folder in folder."
  }

  validation {
    condition     = alltrue([for item in var.workflows : item.wait == null ? true : contains(["sync", "poll"], item.wait)])
    error_message = "wait of a workflow is sync or poll, because nothing else is rendered: set one of them, or leave it to the manifest."
  }

  validation {
    condition     = alltrue([for item in var.workflows : item.poll_seconds == null ? true : item.poll_seconds >= 1])
    error_message = "poll_seconds of a workflow is at least 1, because it is a pause between two questions: set 30 on AWS, where each question costs."
  }
}
