variable "placement_group" {
  description = "Whether instances start side by side in a cluster placement group, made here with a security group that lets them reach each other, for multi-node jobs on EC2, SPOT and EKS."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.placement_group || contains(["EC2", "SPOT", "EKS"], var.type)
    error_message = "placement_group is for EC2, SPOT and EKS, because Batch places no instances elsewhere: leave it false."
  }
}

variable "efa_interfaces" {
  description = "EFA interfaces of each instance, one for each network card, for EC2 with placement_group; 0 for none. The image has to hold the EFA driver, and job definitions the device /dev/infiniband/uverbs0."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.efa_interfaces >= 0 && var.efa_interfaces <= 32 && floor(var.efa_interfaces) == var.efa_interfaces
    error_message = "efa_interfaces is a whole number from 0 to 32, because no instance type has more network cards: set 1, or as many as the instance type has."
  }

  validation {
    condition     = var.efa_interfaces == 0 || (var.type == "EC2" && var.placement_group)
    error_message = "efa_interfaces is for type EC2 with placement_group, because EFA joins the nodes of one job in one cluster placement group, and Batch runs such jobs on demand only: set both, or efa_interfaces = 0."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets, for the security group that placement_group makes; null otherwise."
  type        = string
  default     = null

  validation {
    condition     = var.vpc_id != null || !var.placement_group
    error_message = "vpc_id is set with placement_group, because the nodes get a security group of their own: set the VPC of subnet_ids."
  }
}
