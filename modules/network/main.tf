locals {
  _public   = { for zone, ranges in var.zones : zone => ranges.public if ranges.public != null }
  _private  = { for zone, ranges in var.zones : zone => ranges.private if ranges.private != null }
  _isolated = { for zone, ranges in var.zones : zone => ranges.isolated if ranges.isolated != null }
}

resource "aws_vpc" "this" {
  cidr_block = var.cidr

  # Interface endpoints answer under the services' own names only with both.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = merge(var.tags, { Name = var.name_prefix })
}

resource "aws_subnet" "public" {
  for_each = local._public

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = each.value
  map_public_ip_on_launch = false
  tags                    = merge(var.tags, { Name = "${var.name_prefix}-public-${each.key}" })
}

resource "aws_subnet" "private" {
  for_each = local._private

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = merge(var.tags, { Name = "${var.name_prefix}-private-${each.key}" })
}

resource "aws_subnet" "isolated" {
  for_each = local._isolated

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = merge(var.tags, { Name = "${var.name_prefix}-isolated-${each.key}" })
}
