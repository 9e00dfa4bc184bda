mock_provider "aws" {}

variables {
  name               = "batchyard-test-spot"
  type               = "SPOT"
  max_vcpus          = 16
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  tags               = { environment = "test" }
  user_data_parts    = [{ name = "scratch.sh", content = "#!/bin/bash\ntrue\n" }]
}

run "every_volume_is_encrypted" {
  command = plan

  assert {
    condition     = alltrue([for mapping in aws_launch_template.this[0].block_device_mappings : mapping.ebs[0].encrypted == "true"]) && length(aws_launch_template.this[0].block_device_mappings) == 2
    error_message = "Root and scratch must be encrypted."
  }
}

run "no_scratch" {
  command = plan

  variables {
    scratch         = { kind = "none" }
    user_data_parts = []
  }

  assert {
    condition     = [for mapping in aws_launch_template.this[0].block_device_mappings : mapping.device_name] == ["/dev/xvda"]
    error_message = "Without scratch there must be the root volume alone."
  }

  assert {
    condition     = aws_launch_template.this[0].user_data == null
    error_message = "Without scripts there must be no user data."
  }
}

run "instance_store_alone" {
  command = plan

  variables {
    instance_types = ["m6id"]
    scratch        = { kind = "instance-store", gib = 0 }
  }

  assert {
    condition     = length(aws_launch_template.this[0].block_device_mappings) == 1
    error_message = "0 GiB must mean no volume for instances without disks of their own."
  }
}

run "tags_reach_what_batch_starts" {
  command = plan

  assert {
    condition     = { for each in aws_launch_template.this[0].tag_specifications : each.resource_type => each.tags["environment"] } == { volume = "test", network-interface = "test" }
    error_message = "Volumes and interfaces must carry the tags."
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_resources[0].tags["environment"] == "test"
    error_message = "Instances must carry the tags."
  }
}

run "gpu" {
  command = plan

  variables {
    image          = "al2023_nvidia"
    instance_types = ["g6.xlarge", "p5"]
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_resources[0].ec2_configuration[0].image_type == "ECS_AL2023_NVIDIA"
    error_message = "GPU instances must start with the driver."
  }
}

run "arm" {
  command = plan

  variables {
    instance_types = ["m7g", "c7gn.xlarge", "is4gen", "hpc7g", "default_arm64"]
  }

  assert {
    condition     = output.architecture == "arm64" && aws_batch_compute_environment.this.compute_resources[0].ec2_configuration[0].image_type == "ECS_AL2023"
    error_message = "Arm must follow from the instance types, with the image's usual name."
  }
}

run "x86" {
  command = plan

  variables {
    instance_types = ["optimal", "m7i", "c6a.large", "i4i", "u-6tb1.112xlarge", "mac1"]
  }

  assert {
    condition     = output.architecture == "x86_64"
    error_message = "Names without Graviton's g must be x86."
  }
}

run "image_of_ones_own" {
  command = plan

  variables {
    instance_types = ["g6"]
    image_id       = "ami-0a1b2c3d4e5f60718"
  }

  assert {
    condition     = aws_batch_compute_environment.this.compute_resources[0].ec2_configuration[0].image_id_override == "ami-0a1b2c3d4e5f60718"
    error_message = "An image that is given must be used, whatever it holds."
  }
}

run "update_policy" {
  command = plan

  variables {
    update_policy = { timeout_minutes = 30, terminate_jobs = true }
  }

  assert {
    condition     = aws_batch_compute_environment.this.update_policy[0].job_execution_timeout_minutes == 30 && aws_batch_compute_environment.this.update_policy[0].terminate_jobs_on_update
    error_message = "The policy that is given must be used."
  }
}

run "login_of_a_registry" {
  command = plan

  variables {
    registry = {
      secret_arn  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry-AbCdEf"
      kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.registry[0].policy).Statement : statement.Resource] == [[var.registry.secret_arn], [var.registry.kms_key_arn]]
    error_message = "Instances may read this one secret and decrypt with this one key."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.registry[0].policy).Statement[1].Condition.StringEquals["kms:ViaService"] == ["secretsmanager.eu-west-1.amazonaws.com"]
    error_message = "The key is for Secrets Manager alone."
  }
}
