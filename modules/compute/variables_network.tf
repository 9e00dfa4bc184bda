variable "subnet_ids" {
  description = "Subnets that instances or Fargate tasks start in; one with placement_group, the cluster's with EKS, none for UNMANAGED."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.subnet_ids) > 0) == (var.type != "UNMANAGED")
    error_message = "subnet_ids holds at least one subnet for every type but UNMANAGED, because Batch starts nothing without: set the private subnets of the network."
  }

  validation {
    condition     = length(var.subnet_ids) <= 16 || !contains(["FARGATE", "FARGATE_SPOT"], var.type)
    error_message = "subnet_ids holds at most 16 subnets on Fargate, because Batch takes no more: leave some out."
  }

  validation {
    condition     = length(var.subnet_ids) == 1 || !var.placement_group
    error_message = "subnet_ids holds exactly one subnet with placement_group, because a cluster placement group lies in one Availability Zone and Batch would ask for instances in the others in vain: set one."
  }
}

variable "security_group_ids" {
  description = "Security groups of instances or Fargate tasks; none for UNMANAGED. With placement_group, a group for traffic between the instances is added."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.security_group_ids) > 0) == (var.type != "UNMANAGED")
    error_message = "security_group_ids holds at least one group for every type but UNMANAGED, because the default group lets nothing out: set one that allows HTTPS out."
  }

  validation {
    condition     = length(var.security_group_ids) <= (var.placement_group ? 4 : 5)
    error_message = "security_group_ids holds at most five groups, four with placement_group, which adds its own, because Batch takes five: merge some of them."
  }
}
