variable "type" {
  description = "container, or multinode for node_properties."
  type        = string
  default     = "container"
  nullable    = false

  validation {
    condition     = contains(["container", "multinode"], var.type)
    error_message = "type is container or multinode, because Batch has no other: set multinode for node_properties, container for everything else."
  }

  validation {
    condition     = (var.type == "multinode") == (var.node_properties != null)
    error_message = "type is multinode exactly with node_properties, because Batch refuses other bodies for it: set type = \"multinode\", or describe the job by another body."
  }
}

variable "platform_capabilities" {
  description = "EC2 or FARGATE; empty, which Batch takes for EC2, for jobs on several nodes and in pods."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.platform_capabilities) <= 1 && length(setsubtract(var.platform_capabilities, ["EC2", "FARGATE"])) == 0
    error_message = "platform_capabilities is one of EC2 and FARGATE, because a job runs on one platform: set [\"EC2\"], [\"FARGATE\"] or []."
  }

  validation {
    condition     = !contains(var.platform_capabilities, "FARGATE") || var.container_properties != null || var.ecs_properties != null
    error_message = "platform_capabilities is FARGATE for container_properties and ecs_properties only, because Batch has neither nodes nor pods there: set []."
  }

  validation {
    condition     = length(var.platform_capabilities) == 0 || var.eks_properties == null
    error_message = "platform_capabilities is empty with eks_properties, because Batch refuses it for pods: set []."
  }
}

variable "container_properties" {
  description = "JSON text of containerProperties of the Batch API, for one container; one of the four bodies is set."
  type        = string
  default     = null

  validation {
    condition = 1 == length([
      for body in [var.container_properties != null, var.ecs_properties != null, var.node_properties != null, var.eks_properties != null] : body if body
    ])
    error_message = "container_properties, ecs_properties, node_properties and eks_properties: exactly one is set, because a job has one body: remove the others, or set the one that describes the job."
  }

  validation {
    condition     = var.container_properties == null ? true : can(tostring(jsondecode(var.container_properties).image))
    error_message = "container_properties is JSON with an image, because Batch refuses the rest: pass jsonencode({ image = ..., ... })."
  }

  validation {
    condition = alltrue([
      for image in try([tostring(jsondecode(var.container_properties).image)], []) :
      can(regex("(:[0-9A-Za-z_][0-9A-Za-z_.-]*|@sha256:[0-9a-f]{64})$", image)) && !endswith(image, ":latest")
    ])
    error_message = "container_properties.image ends with a tag other than latest or with a digest, because a run could otherwise not be repeated: set a tag that never moves."
  }
}

variable "ecs_properties" {
  description = "JSON text of ecsProperties of the Batch API, for several containers in one task."
  type        = string
  default     = null

  validation {
    condition = var.ecs_properties == null ? true : try(alltrue([
      for container in one(jsondecode(var.ecs_properties).taskProperties).containers : tostring(container.image) != ""
    ]), false)
    error_message = "ecs_properties is JSON with one entry of taskProperties whose containers all have an image, because Batch refuses the rest: pass jsonencode({ taskProperties = [{ containers = [...] }] })."
  }

  validation {
    condition = alltrue([
      for image in try([for container in one(jsondecode(var.ecs_properties).taskProperties).containers : tostring(container.image)], []) :
      can(regex("(:[0-9A-Za-z_][0-9A-Za-z_.-]*|@sha256:[0-9a-f]{64})$", image)) && !endswith(image, ":latest")
    ])
    error_message = "every image in ecs_properties ends with a tag other than latest or with a digest, because a run could otherwise not be repeated: set a tag that never moves."
  }
}

variable "node_properties" {
  description = "JSON text of nodeProperties of the Batch API, for one container on each of several instances."
  type        = string
  default     = null

  validation {
    condition = var.node_properties == null ? true : try(alltrue([
      for nodes in jsondecode(var.node_properties).nodeRangeProperties : tostring(nodes.container.image) != ""
    ]) && jsondecode(var.node_properties).numNodes >= 1 && jsondecode(var.node_properties).mainNode >= 0, false)
    error_message = "node_properties is JSON with numNodes, mainNode, and nodeRangeProperties that all have a container with an image, because Batch refuses the rest, and provider 5.x stops at a range without a container: pass jsonencode({ numNodes = ..., mainNode = 0, nodeRangeProperties = [...] })."
  }

  validation {
    condition = alltrue([
      for image in try([for nodes in jsondecode(var.node_properties).nodeRangeProperties : tostring(nodes.container.image)], []) :
      can(regex("(:[0-9A-Za-z_][0-9A-Za-z_.-]*|@sha256:[0-9a-f]{64})$", image)) && !endswith(image, ":latest")
    ])
    error_message = "every image in node_properties ends with a tag other than latest or with a digest, because a run could otherwise not be repeated: set a tag that never moves."
  }
}

variable "allow_privileged" {
  description = "Whether a container may be privileged, which gives its job the instance and all other jobs on it."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = var.allow_privileged || !anytrue(local._privileged)
    error_message = "allow_privileged is false and a container is privileged, which gives its job the whole instance: remove privileged (devices and linuxParameters do for most), or set allow_privileged = true."
  }
}
