locals {
  efa                = var.efa_interfaces > 0
  security_group_ids = setunion(var.security_group_ids, toset(aws_security_group.nodes[*].id))
}

# Instances of one multi-node job, side by side: the lowest latency between them, and what EFA asks for.
resource "aws_placement_group" "this" {
  count = var.placement_group ? 1 : 0

  name     = var.name
  strategy = "cluster"
  tags     = var.tags
}

# Nodes of a job reach each other on any port, and EFA's traffic has no ports at all; nothing else gets in.
resource "aws_security_group" "nodes" {
  #checkov:skip=CKV2_AWS_5:attached to instances by the compute environment or the launch template
  count = var.placement_group ? 1 : 0

  # The environment is created before it is destroyed, and so is all that it depends on: under a fixed name a group that
  # was half made, or whose answer got lost, would stand in the way of its successor (InvalidGroup.Duplicate).
  name_prefix = "${var.name}-nodes-"
  description = "Traffic between nodes of jobs of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-nodes" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "nodes" {
  count = var.placement_group ? 1 : 0

  security_group_id            = aws_security_group.nodes[0].id
  referenced_security_group_id = aws_security_group.nodes[0].id
  description                  = "Everything from the other nodes"
  ip_protocol                  = "-1"
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "nodes" {
  count = var.placement_group ? 1 : 0

  security_group_id            = aws_security_group.nodes[0].id
  referenced_security_group_id = aws_security_group.nodes[0].id
  description                  = "Everything to the other nodes"
  ip_protocol                  = "-1"
  tags                         = var.tags
}
