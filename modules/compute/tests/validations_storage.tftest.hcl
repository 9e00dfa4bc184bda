mock_provider "aws" {}

variables {
  name               = "batchyard-test-spot"
  type               = "SPOT"
  max_vcpus          = 16
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  user_data_parts    = [{ name = "scratch.sh", content = "#!/bin/bash\ntrue\n" }]
}

run "root_too_small" {
  command = plan

  variables {
    root_gib = 8
  }

  expect_failures = [var.root_gib]
}

run "unknown_scratch" {
  command = plan

  variables {
    scratch = { kind = "efs" }
  }

  expect_failures = [var.scratch]
}

run "no_scratch_volume" {
  command = plan

  variables {
    scratch = { gib = 0 }
  }

  expect_failures = [var.scratch]
}

run "part_without_interpreter" {
  command = plan

  variables {
    user_data_parts = [{ name = "scratch.sh", content = "true" }]
  }

  expect_failures = [var.user_data_parts]
}

run "parts_of_one_name" {
  command = plan

  variables {
    user_data_parts = [{ name = "a.sh", content = "#!/bin/sh\n" }, { name = "a.sh", content = "#!/bin/sh\n" }]
  }

  expect_failures = [var.user_data_parts]
}

run "scratch_that_nothing_mounts" {
  command = plan

  variables {
    user_data_parts = []
  }

  expect_failures = [var.user_data_parts]
}

run "scripts_on_fargate" {
  command = plan

  variables {
    type = "FARGATE"
  }

  expect_failures = [var.user_data_parts]
}

run "scripts_too_long" {
  command = plan

  variables {
    user_data_parts = [{ name = "a.sh", content = format("#!%016000d", 0) }]
  }

  expect_failures = [var.user_data_parts]
}

run "secret_by_name" {
  command = plan

  variables {
    registry = { secret_arn = "registry" }
  }

  expect_failures = [var.registry]
}

run "key_by_alias" {
  command = plan

  variables {
    registry = {
      secret_arn  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry-AbCdEf"
      kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/registry"
    }
  }

  expect_failures = [var.registry]
}

run "login_on_fargate" {
  command = plan

  variables {
    type            = "FARGATE"
    registry        = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry-AbCdEf" }
    user_data_parts = []
  }

  expect_failures = [var.registry]
}

run "scratch_on_fargate" {
  command = plan

  variables {
    type            = "FARGATE"
    user_data_parts = []
    scratch         = { gib = 500 }
  }

  expect_failures = [var.scratch]
}

run "root_volume_on_fargate" {
  command = plan

  variables {
    type            = "FARGATE"
    user_data_parts = []
    root_gib        = 100
  }

  expect_failures = [var.root_gib]
}

run "part_with_an_umlaut" {
  command = plan

  variables {
    user_data_parts = [{ name = "a.sh", content = "#!/bin/bash\n# f\u00fcr alle\n" }]
  }

  expect_failures = [var.user_data_parts]
}

run "part_with_carriage_returns" {
  command = plan

  variables {
    user_data_parts = [{ name = "a.sh", content = "#!/bin/bash\r\ntrue\r\n" }]
  }

  expect_failures = [var.user_data_parts]
}

run "part_with_the_boundary" {
  command = plan

  variables {
    user_data_parts = [{ name = "a.sh", content = "#!/bin/bash\necho --==BATCHYARD==--\n" }]
  }

  expect_failures = [var.user_data_parts]
}

run "part_named_as_a_path" {
  command = plan

  variables {
    user_data_parts = [{ name = "extra/a.sh", content = "#!/bin/bash\ntrue\n" }]
  }

  expect_failures = [var.user_data_parts]
}

run "no_disks_at_all" {
  command = plan

  variables {
    scratch = { kind = "instance-store", gib = 0 }
  }

  expect_failures = [var.scratch]
}
