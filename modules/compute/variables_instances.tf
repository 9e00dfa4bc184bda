variable "min_vcpus" {
  description = "vCPUs kept running without work, for EC2 and SPOT; 0 costs nothing while idle."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.min_vcpus >= 0 && var.min_vcpus <= var.max_vcpus
    error_message = "min_vcpus lies between 0 and max_vcpus, because Batch refuses the rest: set 0 unless instances must stay warm."
  }

  validation {
    condition     = var.min_vcpus == 0 || contains(["EC2", "SPOT"], var.type)
    error_message = "min_vcpus is for EC2 and SPOT, because Fargate keeps nothing warm: leave it at 0."
  }
}

variable "instance_types" {
  description = "Instance types, families or optimal, for EC2 and SPOT."
  type        = set(string)
  default     = ["optimal"]
  nullable    = false

  validation {
    condition     = length(var.instance_types) > 0
    error_message = "instance_types holds at least one entry, because Batch chooses from it: set [\"optimal\"] to leave the choice to Batch."
  }
}

variable "spot_bid_percentage" {
  description = "Highest Spot price as a percentage of the on-demand price, for SPOT; null takes any price up to on demand."
  type        = number
  default     = null

  validation {
    condition     = var.spot_bid_percentage == null ? true : var.spot_bid_percentage >= 1 && var.spot_bid_percentage <= 100
    error_message = "spot_bid_percentage lies between 1 and 100, because it is a share of the on-demand price: set such a number, or null for no bound."
  }

  validation {
    condition     = var.spot_bid_percentage == null || var.type == "SPOT"
    error_message = "spot_bid_percentage is for type SPOT, because nothing else has a Spot price: remove it or set type = \"SPOT\"."
  }
}

variable "scratch_gib" {
  description = "Size in GiB of the encrypted scratch volume of each instance, for EC2 and SPOT."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.scratch_gib >= 1 && var.scratch_gib <= 16384
    error_message = "scratch_gib lies between 1 and 16384, because a gp3 volume does: set the space that the largest set of jobs on one instance needs."
  }
}

variable "root_gib" {
  description = "Size in GiB of the encrypted root volume (system and images) of each instance, for EC2 and SPOT."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.root_gib >= 30 && var.root_gib <= 16384
    error_message = "root_gib lies between 30 and 16384, because the ECS-optimised image needs 30 GiB: set 30 or more."
  }
}

variable "user_data_parts" {
  description = "Shell scripts that each instance runs before it takes jobs, in order, for EC2 and SPOT; one of them mounts the scratch volume, which is attached as /dev/sdf."
  type = list(object({
    name    = string
    content = string
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for part in var.user_data_parts : startswith(part.content, "#!")])
    error_message = "every part of user_data_parts starts with #!, because cloud-init runs nothing else as a script: add an interpreter line."
  }

  validation {
    condition     = contains(["EC2", "SPOT"], var.type) ? length(var.user_data_parts) > 0 : true
    error_message = "user_data_parts is not empty for EC2 and SPOT, because without a script the scratch volume is never mounted and jobs fill the root volume: pass templates/user-data/scratch.sh.tftpl, rendered."
  }
}
