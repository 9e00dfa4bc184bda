variable "nat" {
  description = "NAT gateways for private subnets: none, single (one, in the first zone by name with a public subnet) or per-az."
  type        = string
  default     = "none"
  nullable    = false

  validation {
    condition     = contains(["none", "single", "per-az"], var.nat)
    error_message = "nat must be none, single or per-az, because there is no other arrangement. Set nat to \"none\" without Internet access, \"single\" for development, \"per-az\" for production."
  }

  validation {
    condition     = var.nat != "single" || length(local._public) > 0
    error_message = "nat single needs a public subnet, because the NAT gateway lives in one. Give one zone a public range, or set nat to \"none\"."
  }

  validation {
    condition     = var.nat != "per-az" || length(setsubtract(keys(local._private), keys(local._public))) == 0
    error_message = "nat per-az needs a public subnet in every zone that has a private one, because each zone's NAT gateway lives in its own. Give those zones a public range, or set nat to \"single\"."
  }
}

variable "interface_endpoints" {
  description = "AWS services to reach without the Internet, by the end of their endpoint's name; S3 and DynamoDB are always reached so."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z0-9][a-z0-9.-]*$", service)) && !startswith(service, "com.amazonaws.")])
    error_message = "interface_endpoints must hold the part after com.amazonaws.<region>., because the module puts that in front. Set interface_endpoints to something like [\"ecr.api\", \"ecr.dkr\", \"logs\"]."
  }

  validation {
    condition     = length(setintersection(var.interface_endpoints, ["s3", "dynamodb"])) == 0
    error_message = "interface_endpoints must not hold s3 or dynamodb, because their gateway endpoints are always there and free. Remove them."
  }

  validation {
    condition     = length(var.interface_endpoints) == 0 || length(local._private) + length(local._isolated) > 0
    error_message = "interface_endpoints need a private or isolated subnet, because an endpoint in a public one serves nothing. Give one zone a private range, or set interface_endpoints to []."
  }
}

variable "batch_egress_ports" {
  description = "TCP ports that Batch instances may reach, anywhere; 443 serves AWS APIs, image registries and HTTPS downloads."
  type        = set(number)
  default     = [443]
  nullable    = false

  validation {
    condition     = alltrue([for port in var.batch_egress_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "batch_egress_ports must hold ports between 1 and 65535, because TCP has no others. Set batch_egress_ports to something like [80, 443]."
  }

  validation {
    condition     = contains(var.batch_egress_ports, 443)
    error_message = "batch_egress_ports must hold 443, because without it instances never register with ECS and jobs stay RUNNABLE. Add 443."
  }
}
