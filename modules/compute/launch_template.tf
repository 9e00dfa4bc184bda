locals {
  # On the ECS-optimised image of Amazon Linux 2023 the root volume is /dev/xvda.
  root_device    = "/dev/xvda"
  scratch_device = "/dev/sdf"

  # Batch merges its own user data into the instance's, and takes MIME multi-part only.
  user_data = templatefile("${path.module}/user-data.mime.tftpl", {
    boundary = "==BATCHYARD=="
    parts    = var.user_data_parts
  })
}

resource "aws_launch_template" "this" {
  count = local.on_ec2 ? 1 : 0

  name                   = var.name
  description            = "Instances of the Batch compute environment ${var.name}"
  update_default_version = true
  user_data              = base64encode(local.user_data)

  # A script that can not mount scratch powers the instance off; it has to vanish then, not to stay stopped and paid for.
  instance_initiated_shutdown_behavior = "terminate"

  block_device_mappings {
    device_name = local.root_device
    ebs {
      volume_type           = "gp3"
      volume_size           = var.root_gib
      encrypted             = true
      delete_on_termination = true
    }
  }

  block_device_mappings {
    device_name = local.scratch_device
    ebs {
      volume_type           = "gp3"
      volume_size           = var.scratch_gib
      encrypted             = true
      delete_on_termination = true
    }
  }

  # One hop: jobs get their role from the ECS credentials endpoint, not from instance metadata, and the ECS agent
  # runs on the host's network. Containers behind a bridge thus never see the instance's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  # Instances get their tags from the compute environment; volumes can get them only here.
  tag_specifications {
    resource_type = "volume"
    tags          = merge(var.tags, { Name = var.name })
  }

  tags = var.tags

  lifecycle {
    create_before_destroy = true
  }
}
