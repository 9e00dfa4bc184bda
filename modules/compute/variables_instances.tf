variable "min_vcpus" {
  description = "vCPUs kept running without work, for EC2, SPOT and EKS; 0 costs nothing while idle."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.min_vcpus >= 0 && var.min_vcpus <= coalesce(var.max_vcpus, 0)
    error_message = "min_vcpus lies between 0 and max_vcpus, because Batch refuses the rest: set 0 unless instances must stay warm."
  }

  validation {
    condition     = var.min_vcpus == 0 || contains(["EC2", "SPOT", "EKS"], var.type)
    error_message = "min_vcpus is for EC2, SPOT and EKS, because nothing else keeps instances warm: leave it at 0."
  }
}

variable "instance_types" {
  description = "Instance types, families, or a bundle of Batch's (optimal and default_x86_64, default_arm64), for EC2, SPOT and EKS; one architecture, and GPU families with image al2023_nvidia only."
  type        = set(string)
  default     = ["optimal"]
  nullable    = false

  validation {
    condition     = length(var.instance_types) > 0
    error_message = "instance_types holds at least one entry, because Batch chooses from it: set [\"optimal\"] to leave the choice to Batch."
  }

  validation {
    condition     = local.on_instances || var.instance_types == toset(["optimal"])
    error_message = "instance_types is for EC2, SPOT and EKS, because Batch starts no instances elsewhere: leave it out."
  }

  validation {
    condition     = alltrue([for type in var.instance_types : can(regex("^(optimal|default_x86_64|default_arm64|[a-z][a-z0-9-]*[0-9][a-z0-9-]*([.][a-z0-9-]+)?)$", type))])
    error_message = "instance_types holds families such as m6i, types such as m6i.xlarge, or optimal, default_x86_64 and default_arm64, because Batch knows nothing else: correct the spelling."
  }

  validation {
    condition     = length(distinct([for type in var.instance_types : can(regex(local._arm, type))])) <= 1
    error_message = "instance_types share one architecture, because Batch refuses Arm (such as m7g) and x86 (such as m7i, optimal) in one environment: make an environment for each."
  }

  validation {
    condition     = !contains([for type in var.instance_types : split(".", type)[0]], "a1")
    error_message = "instance_types does not hold a1, because Amazon Linux 2023 does not run on it: set a newer Graviton family such as m7g."
  }

  validation {
    condition     = var.efa_interfaces == 0 || alltrue([for type in var.instance_types : can(regex("[.]([0-9]{2,}xlarge|[89]xlarge|metal.*)$|^(hpc7g|p5)[.]4xlarge$", type))])
    error_message = "instance_types with efa_interfaces are named with a size of 8xlarge or more (or hpc7g.4xlarge, p5.4xlarge), because no smaller one has EFA: set such as c7i.48xlarge, from aws ec2 describe-instance-types --filters Name=network-info.efa-supported,Values=true."
  }
}
