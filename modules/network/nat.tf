locals {
  _nat_zones = {
    none   = []
    single = slice(sort(keys(local._public)), 0, min(1, length(local._public)))
    per-az = keys(local._private)
  }[var.nat]

  # Zone of the NAT gateway that each private subnet leaves by.
  _nat_zone = { for zone in keys(local._private) : zone => var.nat == "per-az" ? zone : one(local._nat_zones) if var.nat != "none" }
}

resource "aws_eip" "nat" {
  for_each = toset(local._nat_zones)

  domain = "vpc"
  tags   = merge(var.tags, { Name = "${var.name_prefix}-nat-${each.key}" })
}

resource "aws_nat_gateway" "this" {
  for_each = toset(local._nat_zones)

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  tags          = merge(var.tags, { Name = "${var.name_prefix}-${each.key}" })

  # A NAT gateway made before the Internet gateway is attached fails.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_route" "nat" {
  for_each = local._nat_zone

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[each.value].id
}
