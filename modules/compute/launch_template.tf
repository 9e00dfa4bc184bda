locals {
  # On the images of Amazon Linux 2023 the root volume is /dev/xvda.
  volumes = merge(
    { "/dev/xvda" = var.root_gib },
    var.scratch.kind != "none" && var.scratch.gib > 0 ? { "/dev/sdf" = var.scratch.gib } : {},
  )

  # Batch merges its own user data into the instance's, and takes MIME multi-part only.
  user_data = templatefile("${path.module}/user-data.mime.tftpl", {
    boundary = "==BATCHYARD=="
    parts    = var.user_data_parts
  })
}

resource "aws_launch_template" "this" {
  count = local.on_instances ? 1 : 0

  name                   = var.name
  description            = "Instances of the Batch compute environment ${var.name}"
  update_default_version = true
  user_data              = length(var.user_data_parts) > 0 ? base64encode(local.user_data) : null

  # A script that can not mount scratch powers the instance off; it has to vanish then, not to stay stopped and paid for.
  instance_initiated_shutdown_behavior = "terminate"

  dynamic "block_device_mappings" {
    for_each = local.volumes
    content {
      device_name = block_device_mappings.key
      ebs {
        volume_type           = "gp3"
        volume_size           = block_device_mappings.value
        encrypted             = true
        delete_on_termination = true
      }
    }
  }

  # One interface for each network card: the first carries the instance's address, the others EFA's traffic only.
  dynamic "network_interfaces" {
    for_each = range(var.efa_interfaces)
    content {
      device_index                = network_interfaces.value == 0 ? 0 : 1
      network_card_index          = network_interfaces.value
      interface_type              = "efa"
      security_groups             = local.security_group_ids
      associate_public_ip_address = network_interfaces.value == 0 ? false : null
      delete_on_termination       = true
    }
  }

  # Tokens only, and one hop, so that nothing behind a bridge or a proxy reaches metadata. Batch runs single-node jobs on
  # the host's network, though, so any job here can act as the instance: its role holds what the agent needs, no more.
  # https://docs.aws.amazon.com/batch/latest/userguide/networking-modes-jobs.html
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  # Instances get their tags from the compute environment; volumes and interfaces can get them only here.
  dynamic "tag_specifications" {
    for_each = ["volume", "network-interface"]
    content {
      resource_type = tag_specifications.value
      tags          = merge(var.tags, { Name = var.name })
    }
  }

  tags = var.tags

  lifecycle {
    create_before_destroy = true
  }
}
