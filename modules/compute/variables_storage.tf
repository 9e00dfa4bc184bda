variable "root_gib" {
  description = "Size in GiB of the encrypted root volume (system and images) of each instance, for EC2, SPOT and EKS."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.root_gib >= 30 && var.root_gib <= 16384
    error_message = "root_gib lies between 30 and 16384, because the ECS-optimised image needs 30 GiB: set 30 or more."
  }

  validation {
    condition     = local.on_instances || var.root_gib == 50
    error_message = "root_gib is for EC2, SPOT and EKS, because nothing else has a root volume of ours: leave it out, and set ephemeral_storage in job definitions on Fargate."
  }
}

variable "scratch" {
  description = "Space for jobs on each instance, for EC2, SPOT and EKS: kind ebs (an encrypted volume of gib, attached as /dev/sdf), instance-store (all NVMe disks of the instance as one; a volume of gib for instances without any, 0 for none), or none. A script of user_data_parts mounts it."
  type = object({
    kind = optional(string, "ebs")
    gib  = optional(number, 100)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["ebs", "instance-store", "none"], var.scratch.kind)
    error_message = "scratch.kind is ebs, instance-store or none, because these are what a script can mount: set one of them."
  }

  validation {
    condition     = var.scratch.gib <= 16384 && var.scratch.gib >= (var.scratch.kind == "ebs" ? 1 : 0)
    error_message = "scratch.gib lies between 1 and 16384 (0 for no volume beside the instance store), because a gp3 volume of a launch template does: set the space that the largest set of jobs on one instance needs."
  }

  validation {
    condition     = var.scratch.kind != "instance-store" || var.scratch.gib > 0 || length(setintersection(var.instance_types, ["optimal", "default_x86_64", "default_arm64"])) == 0
    error_message = "scratch.gib is 0 with instance-store only where instance_types names types with such disks, because the bundles of Batch have none, and an instance without scratch powers itself off for Batch to start the next one: set families such as m6id, or gib."
  }

  validation {
    condition     = local.on_instances || (var.scratch.kind == "ebs" && var.scratch.gib == 100)
    error_message = "scratch is for EC2, SPOT and EKS, because nothing else has instances to mount it on: leave it out, and set ephemeral_storage in job definitions on Fargate."
  }
}
