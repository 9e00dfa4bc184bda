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
