variable "cidr" {
  description = "Address range of the VPC."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr)) && try(cidrsubnet(var.cidr, 0, 0) == var.cidr, false)
    error_message = "cidr must be an IPv4 range that starts at its first address, because AWS stores it so and a plan would never be empty. Set cidr to something like \"10.20.0.0/16\"."
  }

  validation {
    condition     = try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 28, false)
    error_message = "cidr must have a prefix length between /16 and /28, because AWS allows no other for a VPC. Set cidr to something like \"10.20.0.0/16\"."
  }
}

variable "zones" {
  description = "Subnet ranges of each Availability Zone, by its name; null leaves that kind of subnet out."
  type = map(object({
    public   = optional(string)
    private  = optional(string)
    isolated = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.zones) > 0
    error_message = "zones must name at least one Availability Zone, because Batch needs a subnet to run in. Set zones to something like { \"us-east-1a\" = { private = \"10.20.32.0/20\" } }."
  }

  validation {
    condition     = alltrue([for zone in keys(var.zones) : can(regex("^${var.region}[a-z]$", zone))])
    error_message = "zones must be named by Availability Zones of the Region, because subnets are keyed by them for good. Name them by region and letter, for example \"us-east-1a\"."
  }

  validation {
    condition     = alltrue([for range in compact(flatten([for zone in var.zones : values(zone)])) : can(cidrnetmask(range)) && try(cidrsubnet(range, 0, 0) == range, false)])
    error_message = "zones must give IPv4 ranges that start at their first address, because AWS stores them so and a plan would never be empty. Correct the range, for example to \"10.20.32.0/20\"."
  }

  validation {
    condition     = alltrue([for range in compact(flatten([for zone in var.zones : values(zone)])) : try(tonumber(split("/", range)[1]) <= 28, false)])
    error_message = "zones must give ranges of /28 or larger, because AWS keeps five addresses of each subnet. Set a prefix length between the VPC's and /28."
  }

  validation {
    # A range lies in the VPC's when its first address, cut to the VPC's prefix length, is the VPC's first.
    condition = alltrue([
      for range in compact(flatten([for zone in var.zones : values(zone)])) : try(
        tonumber(split("/", range)[1]) >= tonumber(split("/", var.cidr)[1]) &&
        cidrsubnet("${split("/", range)[0]}/${split("/", var.cidr)[1]}", 0, 0) == var.cidr,
      false)
    ])
    error_message = "zones must give ranges inside cidr, because AWS refuses subnets outside the VPC. Choose ranges inside cidr, or widen cidr."
  }

  validation {
    # Two ranges overlap when both, cut to the shorter prefix length of the two, are the same; each does with itself.
    condition = alltrue([
      for a in compact(flatten([for zone in var.zones : values(zone)])) : 1 == length([
        for b in compact(flatten([for zone in var.zones : values(zone)])) : b if try(
          cidrsubnet("${split("/", a)[0]}/${min(split("/", a)[1], split("/", b)[1])}", 0, 0) ==
          cidrsubnet("${split("/", b)[0]}/${min(split("/", a)[1], split("/", b)[1])}", 0, 0),
        true)
      ])
    ])
    error_message = "zones must give ranges that do not overlap, because AWS refuses the second subnet when the first already exists. Move or shrink one of the ranges."
  }
}
