variable "allocation_strategy" {
  description = "How Batch chooses among instance_types; null for BEST_FIT_PROGRESSIVE on demand and SPOT_CAPACITY_OPTIMIZED on Spot. The price of SPOT_PRICE_CAPACITY_OPTIMIZED and BEST_FIT: each change of instance types, subnets, image, launch template or tags replaces the environment."
  type        = string
  default     = null

  validation {
    condition = var.allocation_strategy == null || contains(
      {
        EC2      = ["BEST_FIT_PROGRESSIVE", "BEST_FIT"]
        SPOT     = ["SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED", "BEST_FIT_PROGRESSIVE", "BEST_FIT"]
        EKS_EC2  = ["BEST_FIT_PROGRESSIVE"]
        EKS_SPOT = ["SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED", "BEST_FIT_PROGRESSIVE"]
      }[var.type == "EKS" ? "EKS_${local.resource_type}" : contains(["EC2", "SPOT"], var.type) ? var.type : "EC2"],
      coalesce(var.allocation_strategy, "none"),
    )
    error_message = "allocation_strategy fits the type, because Batch refuses SPOT_* on demand and BEST_FIT on EKS, and the ordered strategies need an order that the provider's set does not keep: set BEST_FIT_PROGRESSIVE or BEST_FIT on demand, SPOT_CAPACITY_OPTIMIZED or SPOT_PRICE_CAPACITY_OPTIMIZED on Spot, or null."
  }

  validation {
    condition     = var.allocation_strategy == null || contains(["EC2", "SPOT", "EKS"], var.type)
    error_message = "allocation_strategy is for EC2, SPOT and EKS, because Fargate and unmanaged environments have no instances to choose: leave it out."
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
