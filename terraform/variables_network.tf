variable "network" {
  description = "The VPC: its range, ranges of the subnets by availability zone, how private subnets reach the internet, interface endpoints, and whether flows are logged."
  type = object({
    cidr = string
    zones = map(object({
      public   = optional(string)
      private  = optional(string)
      isolated = optional(string)
    }))
    nat                 = optional(string, "none")
    interface_endpoints = optional(set(string), [])
    flow_logs           = optional(bool, true)
  })
  nullable = false

  validation {
    condition     = anytrue([for zone in var.network.zones : zone.private != null])
    error_message = "network.zones has a private range in at least one zone, because Batch runs there: set private to a range inside network.cidr."
  }

  validation {
    condition     = contains(["none", "single", "per-az"], var.network.nat)
    error_message = "network.nat is none, single or per-az, because each costs differently: set none for no way out, single for one NAT gateway, per-az for one in every zone."
  }
}
