mock_provider "aws" {}

variables {
  name_prefix = "batchyard-dev"
  account_id  = "111122223333"
  region      = "us-east-1"
  cidr        = "10.20.0.0/16"
  zones = {
    "us-east-1a" = { public = "10.20.0.0/24", private = "10.20.32.0/20" }
    "us-east-1b" = { public = "10.20.1.0/24", private = "10.20.48.0/20", isolated = "10.20.128.0/24" }
  }
}

run "has_no_way_out_by_default" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_route.nat) == 0 && length(aws_vpc_endpoint.interface) == 0
    error_message = "NAT gateways and interface endpoints cost money and are only made where asked for."
  }

  assert {
    condition     = toset(keys(aws_vpc_endpoint.gateway)) == toset(["dynamodb", "s3"])
    error_message = "Gateway endpoints are free and always made."
  }

  assert {
    condition     = length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    error_message = "The default security group must have no rules."
  }
}

run "opens_the_default_group_to_its_members_for_nodes" {
  command = plan
  variables {
    nodes_in_default_group = true
  }

  assert {
    condition     = [for rule in aws_default_security_group.this.ingress : [rule.self, length(rule.cidr_blocks)]] == [[true, 0]]
    error_message = "Members must reach each other, and nobody else may reach them."
  }

  assert {
    condition     = toset([for rule in aws_default_security_group.this.egress : rule.to_port if !rule.self]) == toset([443])
    error_message = "Members must get out as Batch instances do."
  }
}

run "leaves_by_one_gateway" {
  command = plan
  variables {
    nat = "single"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["us-east-1a"] && keys(aws_route.nat) == ["us-east-1a", "us-east-1b"]
    error_message = "All private subnets must leave by the one gateway."
  }
}

run "leaves_by_its_own_zone" {
  command = plan
  variables {
    nat = "per-az"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["us-east-1a", "us-east-1b"] && keys(aws_route.nat) == ["us-east-1a", "us-east-1b"]
    error_message = "Each zone with a private subnet must have a gateway."
  }
}

run "isolated_alone_needs_no_internet_gateway" {
  command = plan
  variables {
    zones               = { "us-east-1c" = { isolated = "10.20.3.0/24" } }
    interface_endpoints = ["logs"]
    flow_logs           = false
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 0 && length(aws_route_table.public) == 0
    error_message = "Without public subnets there must be no way to the Internet."
  }

  assert {
    condition     = length(aws_flow_log.this) == 0 && length(aws_iam_role.flow_logs) == 0 && length(aws_cloudwatch_log_group.this) == 0
    error_message = "flow_logs = false must make nothing for them."
  }

  assert {
    condition     = keys(aws_vpc_endpoint.interface) == ["logs"]
    error_message = "An endpoint must be made in isolated subnets where there are no private ones."
  }
}

# One wrong value per variable in one plan: Terraform reports every variable that refuses its value.
run "refuses_wrong_values" {
  command = plan
  variables {
    name_prefix         = "Batchyard"
    account_id          = "1234"
    log_retention_days  = 31
    kms_key_arn         = "alias/own"
    nat                 = "many"
    interface_endpoints = ["com.amazonaws.us-east-1.logs"]
    batch_egress_ports  = [0, 443]
  }
  expect_failures = [
    var.name_prefix,
    var.account_id,
    var.log_retention_days,
    var.kms_key_arn,
    var.nat,
    var.interface_endpoints,
    var.batch_egress_ports,
  ]
}

run "refuses_zone_as_region" {
  command = plan
  variables {
    region = "us-east-1a"
  }
  expect_failures = [var.region]
}

run "refuses_address_in_the_middle" {
  command = plan
  variables {
    cidr = "10.20.1.0/16"
  }
  expect_failures = [var.cidr]
}

run "refuses_too_wide_vpc" {
  command = plan
  variables {
    cidr = "10.0.0.0/8"
  }
  expect_failures = [var.cidr]
}

run "refuses_no_zone" {
  command = plan
  variables {
    zones = {}
  }
  expect_failures = [var.zones]
}

run "refuses_zone_of_another_region" {
  command = plan
  variables {
    zones = { "eu-west-1a" = { private = "10.20.32.0/20" } }
  }
  expect_failures = [var.zones]
}

run "refuses_range_from_the_middle" {
  command = plan
  variables {
    zones = { "us-east-1a" = { private = "10.20.32.1/20" } }
  }
  expect_failures = [var.zones]
}

run "refuses_too_small_range" {
  command = plan
  variables {
    zones = { "us-east-1a" = { private = "10.20.32.0/29" } }
  }
  expect_failures = [var.zones]
}

run "refuses_range_outside_the_vpc" {
  command = plan
  variables {
    zones = { "us-east-1a" = { private = "10.21.32.0/20" } }
  }
  expect_failures = [var.zones]
}

run "refuses_overlap_of_ranges" {
  command = plan
  variables {
    zones = { "us-east-1a" = { public = "10.20.32.0/24", private = "10.20.32.0/20" } }
  }
  expect_failures = [var.zones]
}

run "refuses_gateway_services" {
  command = plan
  variables {
    interface_endpoints = ["s3"]
  }
  expect_failures = [var.interface_endpoints]
}

run "refuses_ports_without_https" {
  command = plan
  variables {
    batch_egress_ports = [80]
  }
  expect_failures = [var.batch_egress_ports]
}

run "refuses_one_gateway_without_public_subnet" {
  command = plan
  variables {
    zones = { "us-east-1a" = { private = "10.20.32.0/20" } }
    nat   = "single"
  }
  expect_failures = [var.nat]
}

run "refuses_gateways_in_zones_without_public_subnet" {
  command = plan
  variables {
    zones = { "us-east-1a" = { public = "10.20.0.0/24", private = "10.20.32.0/20" }, "us-east-1b" = { private = "10.20.48.0/20" } }
    nat   = "per-az"
  }
  expect_failures = [var.nat]
}

run "refuses_endpoints_without_subnets" {
  command = plan
  variables {
    zones               = { "us-east-1a" = { public = "10.20.0.0/24" } }
    interface_endpoints = ["logs"]
  }
  expect_failures = [var.interface_endpoints]
}
