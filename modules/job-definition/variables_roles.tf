variable "role" {
  description = "The role that the job's code has: its name, which the properties hold as jobRoleArn or taskRoleArn, and its policy statements; null for pods, which have a service account."
  type = object({
    name = string
    statements = optional(list(object({
      Sid       = optional(string)
      Effect    = optional(string, "Allow")
      Action    = list(string)
      Resource  = list(string)
      Condition = optional(map(map(list(string))))
    })), [])
  })
  default = null

  validation {
    condition     = var.role == null ? true : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role.name))
    error_message = "role.name has 1 to 64 letters, digits and +=,.@_-, because IAM takes nothing else: shorten the workflow's or the job's name."
  }

  validation {
    condition     = var.role == null ? true : anytrue([for arn in local._job_role_arns : arn == "arn:aws:iam::${var.account_id}:role/${var.role.name}"])
    error_message = "role.name is the role in jobRoleArn or taskRoleArn of the properties, because a role that no container names gives nothing: set that ARN in the properties, or role = null."
  }

  validation {
    condition     = alltrue([for statement in try(var.role.statements, []) : length(statement.Action) > 0 && length(statement.Resource) > 0])
    error_message = "role.statements name at least one Action and one Resource, because IAM refuses an empty list: fill them, or remove the statement."
  }
}

variable "execution_role" {
  description = "The role that pulls the images, reads secrets and writes logs for the task: its name, which the properties hold as executionRoleArn, and its policy statements; null where the instance's role does that."
  type = object({
    name = string
    statements = optional(list(object({
      Sid       = optional(string)
      Effect    = optional(string, "Allow")
      Action    = list(string)
      Resource  = list(string)
      Condition = optional(map(map(list(string))))
    })), [])
  })
  default = null

  validation {
    condition     = var.execution_role == null ? true : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.execution_role.name))
    error_message = "execution_role.name has 1 to 64 letters, digits and +=,.@_-, because IAM takes nothing else: shorten the workflow's or the job's name."
  }

  validation {
    condition     = var.execution_role == null ? true : anytrue([for arn in local._execution_role_arns : arn == "arn:aws:iam::${var.account_id}:role/${var.execution_role.name}"])
    error_message = "execution_role.name is the role in executionRoleArn of the properties, because ECS uses no other: set that ARN in the properties, or execution_role = null."
  }

  validation {
    condition     = var.execution_role != null || !contains(var.platform_capabilities, "FARGATE") || length(local._execution_role_arns) > 0
    error_message = "execution_role is set with FARGATE, or executionRoleArn in the properties names another, because a task pulls no image without: set one of them."
  }

  validation {
    condition     = alltrue([for statement in try(var.execution_role.statements, []) : length(statement.Action) > 0 && length(statement.Resource) > 0])
    error_message = "execution_role.statements name at least one Action and one Resource, because IAM refuses an empty list: fill them, or remove the statement."
  }
}
