# This machine: an emulated account, whose endpoint the command line sets by AWS_ENDPOINT_URL.
environment = "local"
account_id  = "000000000000"
region      = "us-east-1"

# An unimplemented call is answered with an error that the provider would retry 25 times; buckets have no host names.
provider_settings = {
  max_retries       = 5
  s3_use_path_style = true
}

network = {
  cidr = "10.20.0.0/16"
  zones = {
    "us-east-1a" = { public = "10.20.0.0/24", private = "10.20.32.0/20", isolated = null }
    "us-east-1b" = { public = "10.20.1.0/24", private = "10.20.48.0/20", isolated = null }
  }
  nat                 = "none"
  interface_endpoints = []
  flow_logs           = true
}

buckets = {
  data    = { expiration_days = null, force_destroy = true }
  results = { expiration_days = 90, force_destroy = true }
}

compute = {
  spot      = { type = "SPOT", max_vcpus = 1024, spot_bid_percentage = 50, scratch = { gib = 500 } }
  on-demand = { type = "EC2", max_vcpus = 64, instance_types = ["m6i", "c6i", "r6i"] }
  fargate   = { type = "FARGATE", max_vcpus = 64 }

  # Nodes of one job talk to each other: side by side in one zone, and never on Spot, where Batch runs no such jobs.
  hpc = {
    type            = "EC2"
    max_vcpus       = 128
    instance_types  = ["c6i"]
    zones           = ["us-east-1a"]
    placement_group = true
  }
}

queues = {
  high      = { priority = 1000, compute = ["spot"] }
  low       = { priority = 1, compute = ["spot"] }
  on-demand = { priority = 500, compute = ["on-demand"] }
  fargate   = { priority = 500, compute = ["fargate"] }
  hpc       = { priority = 500, compute = ["hpc"] }
  shared    = { priority = 500, compute = ["spot"], fair_share = { shares = { a = 1.0, b = 0.5 }, decay_seconds = 3600 } }
}

workflows = {
  exome        = {}
  "exome-poll" = { folder = "exome", wait = "poll", poll_seconds = 2 }
  maze         = { poll_seconds = 1 }
  recordings   = {}
  mpi          = { poll_seconds = 1 }
  "fetch-run"  = {}
}

notifications = {
  emails = []
}

log_retention_days = 30

tags = {}
