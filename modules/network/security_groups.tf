locals {
  _default_rule = {
    cidr_blocks      = []
    description      = ""
    from_port        = 0
    ipv6_cidr_blocks = []
    prefix_list_ids  = []
    protocol         = "-1"
    security_groups  = []
    self             = false
    to_port          = 0
  }
  _default_between = merge(local._default_rule, { self = true, description = "Nodes of jobs, which Batch puts into this group" })
  _default_out = [for port in var.batch_egress_ports : merge(local._default_rule, {
    cidr_blocks = ["0.0.0.0/0"], protocol = "tcp", from_port = port, to_port = port, description = "TCP ${port} to anywhere"
  })]
}

# Without rules nothing that forgets to name a group can be reached or reach out. Empty lists, because leaving them out
# would not notice a rule that someone adds by hand.
resource "aws_default_security_group" "this" {
  vpc_id  = aws_vpc.this.id
  ingress = var.nodes_in_default_group ? [local._default_between] : []
  egress  = var.nodes_in_default_group ? concat([local._default_between], local._default_out) : []
  tags    = merge(var.tags, { Name = "${var.name_prefix}-default-closed" })
}

resource "aws_security_group" "batch" {
  #checkov:skip=CKV2_AWS_5:attached by the compute module to what Batch starts
  name        = "${var.name_prefix}-batch"
  description = "Batch instances and tasks: nothing in, chosen ports out"
  vpc_id      = aws_vpc.this.id
  tags        = merge(var.tags, { Name = "${var.name_prefix}-batch" })
}

resource "aws_vpc_security_group_egress_rule" "batch" {
  for_each = { for port in var.batch_egress_ports : tostring(port) => port }

  security_group_id = aws_security_group.batch.id
  description       = "TCP ${each.key} to anywhere"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  cidr_ipv4         = "0.0.0.0/0"
  tags              = var.tags
}

resource "aws_security_group" "endpoints" {
  #checkov:skip=CKV2_AWS_5:attached to interface endpoints where the caller asks for any
  name        = "${var.name_prefix}-endpoints"
  description = "Interface endpoints: HTTPS from the VPC in, nothing out"
  vpc_id      = aws_vpc.this.id
  tags        = merge(var.tags, { Name = "${var.name_prefix}-endpoints" })
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id = aws_security_group.endpoints.id
  description       = "HTTPS from the VPC"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = var.cidr
  tags              = var.tags
}
