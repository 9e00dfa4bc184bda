locals {
  _route_table_ids = concat(
    aws_route_table.public[*].id,
    [for table in aws_route_table.private : table.id],
    aws_route_table.isolated[*].id,
  )

  # One subnet per zone, which is all that an endpoint takes; private before isolated.
  _endpoint_subnet_ids = [
    for zone in keys(var.zones) : contains(keys(local._private), zone) ? aws_subnet.private[zone].id : aws_subnet.isolated[zone].id
    if contains(keys(local._private), zone) || contains(keys(local._isolated), zone)
  ]
}

# Free, and image layers lie in S3: without it every pull pays for the NAT gateway, or fails where there is none.
resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["dynamodb", "s3"])

  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = local._route_table_ids
  tags              = merge(var.tags, { Name = "${var.name_prefix}-${each.key}" })
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = local._endpoint_subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  tags                = merge(var.tags, { Name = "${var.name_prefix}-${each.key}" })
}
