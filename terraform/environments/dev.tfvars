# Shared development account on AWS. 111122223333 is AWS's example: put the account's own id here and in
# dev.s3.tfbackend.
environment = "dev"
account_id  = "111122223333"
region      = "eu-west-1"

# One NAT gateway instead of one per zone: a zone's failure stops jobs here, which development can bear. Image pulls
# and job logs, most of the traffic, take the endpoints and not the NAT.
network = {
  cidr = "10.30.0.0/16"
  zones = {
    "eu-west-1a" = { public = "10.30.0.0/24", private = "10.30.32.0/20", isolated = "10.30.8.0/24" }
    "eu-west-1b" = { public = "10.30.1.0/24", private = "10.30.48.0/20", isolated = "10.30.9.0/24" }
    "eu-west-1c" = { public = "10.30.2.0/24", private = "10.30.64.0/20", isolated = "10.30.10.0/24" }
  }
  nat                 = "single"
  interface_endpoints = ["ecr.api", "ecr.dkr", "logs"]
  flow_logs           = true
}

buckets = {
  data    = { expiration_days = null, force_destroy = false }
  results = { expiration_days = 30, force_destroy = false }
}

# Jobs of the low queue can wait for Spot capacity; urgent ones fall back to on demand when there is none.
compute = {
  spot      = { type = "SPOT", max_vcpus = 256, spot_bid_percentage = 50, scratch = { gib = 500 } }
  on-demand = { type = "EC2", max_vcpus = 64, instance_types = ["m6i", "c6i", "r6i"], scratch = { gib = 500 } }
  fargate   = { type = "FARGATE", max_vcpus = 64 }

  # Nodes of one job talk to each other: side by side in one zone, and never on Spot, where Batch runs no such jobs.
  hpc = {
    type            = "EC2"
    max_vcpus       = 256
    instance_types  = ["c6i"]
    zones           = ["eu-west-1a"]
    placement_group = true
  }
}

queues = {
  high      = { priority = 1000, compute = ["spot", "on-demand"] }
  low       = { priority = 1, compute = ["spot"] }
  on-demand = { priority = 500, compute = ["on-demand"] }
  fargate   = { priority = 500, compute = ["fargate"] }
  hpc       = { priority = 500, compute = ["hpc"] }
}

workflows = {
  exome       = {}
  maze        = {}
  recordings  = {}
  mpi         = {}
  "fetch-run" = {}
}

notifications = {
  emails = []
}

log_retention_days = 30

tags = {
  purpose = "development"
}
