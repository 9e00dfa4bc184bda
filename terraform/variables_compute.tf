variable "compute" {
  description = "Compute environments by key; one with arn is made elsewhere, and queues only attach it. Fields are those of modules/compute, and zones narrows the private subnets to some zones, registry, image_pull, reserved_memory_mib and user_data (files of templates/user-data/extra) say what instances do before they take jobs."
  type = map(object({
    type                = optional(string, "SPOT")
    arn                 = optional(string)
    max_vcpus           = optional(number)
    min_vcpus           = optional(number, 0)
    instance_types      = optional(set(string), ["optimal"])
    allocation_strategy = optional(string)
    spot_bid_percentage = optional(number)
    image               = optional(string, "al2023")
    image_id            = optional(string)
    zones               = optional(set(string))
    placement_group     = optional(bool, false)
    efa_interfaces      = optional(number, 0)
    update_policy = optional(object({
      timeout_minutes = optional(number, 360)
      terminate_jobs  = optional(bool, false)
    }), {})
    scratch = optional(object({
      kind  = optional(string, "ebs")
      gib   = optional(number, 100)
      mount = optional(string, "/scratch")
    }), {})
    root_gib = optional(number, 50)
    registry = optional(object({
      secret_arn  = string
      kms_key_arn = optional(string)
    }))
    image_pull          = optional(string, "prefer-cached")
    reserved_memory_mib = optional(number, 0)
    user_data           = optional(list(string), [])
    eks = optional(object({
      cluster_arn        = string
      namespace          = string
      capacity           = optional(string, "EC2")
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
    tags = optional(map(string), {})
  }))
  nullable = false

  validation {
    condition     = alltrue([for key in keys(var.compute) : can(regex("^[a-z][a-z0-9-]{0,19}$", key))])
    error_message = "keys of compute are at most 20 lower-case letters, digits and -, because they become part of role names: rename the key."
  }

  validation {
    condition     = alltrue([for item in var.compute : contains(["EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "EKS", "UNMANAGED"], item.type)])
    error_message = "type of a compute environment is EC2, SPOT, FARGATE, FARGATE_SPOT, EKS or UNMANAGED, because Batch has no other: set one of them."
  }

  validation {
    condition     = alltrue([for item in var.compute : item.arn == null ? true : can(regex("^arn:aws[a-z-]*:batch:[a-z0-9-]+:[0-9]{12}:compute-environment/.+$", item.arn))])
    error_message = "arn of a compute environment is the ARN of one that is made elsewhere, because queues attach it by that: set it whole, or leave it out to have one made."
  }

  validation {
    condition     = alltrue(flatten([for item in var.compute : [for zone in coalesce(item.zones, []) : try(var.network.zones[zone].private, null) != null]]))
    error_message = "zones of a compute environment name zones of network.zones that have a private range, because jobs run in private subnets only: known are ${join(", ", [for zone, ranges in var.network.zones : zone if ranges.private != null])}."
  }

  # The module says so too, though without the key.
  validation {
    condition = alltrue([
      for item in var.compute : item.arn != null || !item.placement_group || length(try(item.eks.subnet_ids, [
        for zone, ranges in var.network.zones : zone if ranges.private != null && (item.zones == null ? true : contains(item.zones, zone))
      ])) == 1
    ])
    error_message = "placement_group of a compute environment needs exactly one subnet, because a cluster placement group lies in one Availability Zone: set zones (eks.subnet_ids for EKS) to a single one, such as zones = [\"${keys(var.network.zones)[0]}\"], in ${join(", ", [
      for key, item in var.compute : key if item.arn == null && item.placement_group && length(try(item.eks.subnet_ids, [
        for zone, ranges in var.network.zones : zone if ranges.private != null && (item.zones == null ? true : contains(item.zones, zone))
      ])) != 1
    ])}."
  }

  validation {
    condition     = alltrue([for item in var.compute : contains(["default", "always", "once", "prefer-cached"], item.image_pull)])
    error_message = "image_pull of a compute environment is default, always, once or prefer-cached, because the ECS agent knows no other: set one of them."
  }

  validation {
    condition     = alltrue([for item in var.compute : item.reserved_memory_mib >= 0 && floor(item.reserved_memory_mib) == item.reserved_memory_mib])
    error_message = "reserved_memory_mib of a compute environment is a whole number of MiB, because the ECS agent takes nothing else: set such a number, or 0 for Batch's own."
  }

  validation {
    condition     = alltrue([for item in var.compute : can(regex("^(/[a-zA-Z0-9][a-zA-Z0-9_-]*)+$", item.scratch.mount))])
    error_message = "scratch.mount of a compute environment is an absolute path of letters, digits, - and _, because it is written into a script: set one such as /scratch."
  }

  validation {
    condition     = alltrue(flatten([for item in var.compute : [for name in item.user_data : can(regex("^[a-z0-9][a-z0-9._-]*$", name)) && fileexists("../templates/user-data/extra/${name}")]]))
    error_message = "user_data of a compute environment names files of templates/user-data/extra, because each becomes a part of its instances' user data as it is: add the file, or remove the name."
  }

  # https://docs.aws.amazon.com/batch/latest/userguide/vpc-endpoint-considerations.html
  validation {
    condition = var.environment == "local" || var.network.nat != "none" || length(setsubtract(flatten([
      for item in var.compute : item.arn != null || contains(["EKS", "UNMANAGED"], item.type) ? [] : concat(
        ["ecr.api", "ecr.dkr", "logs"],
        contains(["EC2", "SPOT"], item.type) ? ["ecs", "ecs-agent", "ecs-telemetry"] : [],
        item.registry == null ? [] : ["secretsmanager"],
      )
    ]), var.network.interface_endpoints)) == 0
    error_message = "compute in a network without NAT gateway needs network.interface_endpoints ecr.api, ecr.dkr and logs, with instances ecs, ecs-agent and ecs-telemetry, and with registry secretsmanager, because without them every job stays RUNNABLE: add what is missing, or set network.nat to single."
  }
}
