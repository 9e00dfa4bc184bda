mock_provider "aws" {}

variables {
  name               = "batchyard-test-spot"
  type               = "EC2"
  max_vcpus          = 16
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  vpc_id             = "vpc-0a1b2c3d4e5f60718"
  placement_group    = true
  tags               = { environment = "test" }
  user_data_parts    = [{ name = "scratch.sh", content = "#!/bin/bash\ntrue\n" }]
}

run "nodes_reach_each_other" {
  command = plan

  assert {
    condition     = aws_placement_group.this[0].strategy == "cluster" && aws_batch_compute_environment.this.compute_resources[0].placement_group == aws_placement_group.this[0].name
    error_message = "Instances must start in the placement group."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.nodes[0].ip_protocol == "-1" && aws_vpc_security_group_egress_rule.nodes[0].ip_protocol == "-1" && aws_vpc_security_group_ingress_rule.nodes[0].cidr_ipv4 == null
    error_message = "Nodes must reach each other on everything, and nobody else."
  }

  assert {
    condition     = aws_security_group.nodes[0].name_prefix == "batchyard-test-spot-nodes-"
    error_message = "A group must never stand in the way of its successor's name."
  }

  assert {
    condition     = length(aws_launch_template.this[0].network_interfaces) == 0
    error_message = "Without EFA the interfaces are Batch's own."
  }
}

run "efa" {
  command = apply

  variables {
    instance_types = ["p5.48xlarge"]
    image          = "al2023_nvidia"
    efa_interfaces = 4
  }

  override_resource {
    target = aws_iam_instance_profile.instance
    values = { arn = "arn:aws:iam::111122223333:instance-profile/batchyard-test-spot-instance" }
  }

  override_resource {
    target = aws_security_group.nodes
    values = { id = "sg-11111111111111111" }
  }

  override_resource {
    target = aws_batch_compute_environment.this
    values = { arn = "arn:aws:batch:us-east-1:111122223333:compute-environment/batchyard-test-spot-1" }
  }

  assert {
    condition     = [for card in aws_launch_template.this[0].network_interfaces : [card.network_card_index, card.device_index, card.interface_type]] == [[0, 0, "efa"], [1, 1, "efa"], [2, 1, "efa"], [3, 1, "efa"]]
    error_message = "There must be one interface for each card, and one primary."
  }

  assert {
    condition     = alltrue([for card in aws_launch_template.this[0].network_interfaces : card.security_groups == toset(["sg-0a1b2c3d4e5f60718", "sg-11111111111111111"])])
    error_message = "Every interface must be in the nodes' group."
  }

  assert {
    condition     = length(coalesce(aws_batch_compute_environment.this.compute_resources[0].security_group_ids, [])) == 0
    error_message = "Groups of the environment would win over those of the interfaces."
  }

  assert {
    condition     = aws_launch_template.this[0].network_interfaces[0].associate_public_ip_address == "false"
    error_message = "Instances must have no public address."
  }
}
