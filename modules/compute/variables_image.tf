variable "image" {
  description = "Image of instances, for EC2, SPOT and EKS: al2023, or al2023_nvidia with GPU driver. Batch starts its newest ECS- or EKS-optimised build for the architecture of instance_types."
  type        = string
  default     = "al2023"
  nullable    = false

  validation {
    condition     = contains(["al2023", "al2023_nvidia"], var.image)
    error_message = "image is al2023 or al2023_nvidia, because Batch makes no new environments with Amazon Linux 2 since 30 June 2026, and Arm follows from instance_types: set one of these."
  }

  validation {
    condition     = var.image_id != null || (length(local.gpu_types) > 0) == (var.image == "al2023_nvidia")
    error_message = "image is al2023_nvidia where instance_types holds GPU families (p, g), and only there, because the plain image has no driver and the other one starts nothing else: set image, or other instance_types."
  }

  validation {
    condition     = var.image != "al2023_nvidia" || var.image_id != null || length(local.gpu_types) == length(var.instance_types)
    error_message = "image al2023_nvidia starts GPU families only (p, g), because other instances would carry a driver without a device: make an environment of their own for the rest of instance_types."
  }

  validation {
    condition     = var.image != "al2023_nvidia" || var.image_id != null || alltrue([for type in var.instance_types : !can(regex("^(p[23]|g[23]|g5g)s?(dn)?([.]|$)", type))])
    error_message = "image al2023_nvidia does not run on p2, p3, g2, g3 and g5g, because its driver has left the older GPUs behind and Batch has no NVIDIA image for Graviton: set newer families such as g6 or p5, or bring an image of your own as image_id."
  }
}

variable "image_id" {
  description = "AMI in place of Batch's own build of image, for EC2, SPOT and EKS, such as one with the EFA driver; it is then yours to renew."
  type        = string
  default     = null

  validation {
    condition     = var.image_id == null ? true : can(regex("^ami-[0-9a-f]{8,17}$", var.image_id))
    error_message = "image_id is the id of an AMI, because Batch takes nothing else: set one such as ami-0a1b2c3d4e5f60718, or null for Batch's own."
  }

  validation {
    condition     = var.image_id == null || contains(["EC2", "SPOT", "EKS"], var.type)
    error_message = "image_id is for EC2, SPOT and EKS, because Batch starts no instances elsewhere: remove it."
  }
}
