locals {
  # What Batch starts: instances for an ECS cluster of its own, nodes for a given EKS cluster, Fargate tasks, or nothing.
  on_instances = contains(["EC2", "SPOT", "EKS"], var.type)
  on_ecs       = contains(["EC2", "SPOT"], var.type)
  on_fargate   = contains(["FARGATE", "FARGATE_SPOT"], var.type)
  on_spot      = var.type == "SPOT"

  # Batch refuses to make Fargate of Fargate Spot and back, though provider 5.x plans it as an update; another name makes it
  # a replacement, which is made first. Every other change between kinds the provider replaces or Batch makes in place.
  # https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
  name_prefix = "${var.name}-${var.type == "FARGATE_SPOT" ? "spot-" : ""}"

  # In the API, EKS is no type of compute resources: nodes are EC2 or SPOT too.
  resource_type = var.type == "EKS" ? try(var.eks.capacity, "EC2") : var.type

  # Only these two strategies (and no service role) let the provider update an environment in place; with
  # SPOT_PRICE_CAPACITY_OPTIMIZED, which AWS recommends and can update, provider 5.x replaces it on every change of
  # instance types, launch template or tags (hashicorp/terraform-provider-aws issue 38695).
  _allocation_strategy = { EC2 = "BEST_FIT_PROGRESSIVE", SPOT = "SPOT_CAPACITY_OPTIMIZED" }
  allocation_strategy  = local.on_instances ? coalesce(var.allocation_strategy, local._allocation_strategy[local.resource_type]) : null

  # The image's name without its orchestrator; Batch takes the Arm build of it where the instance types are Arm.
  image_type = "${var.type == "EKS" ? "EKS" : "ECS"}_${upper(var.image)}"

  # A g after the generation's number says Graviton; A1 and the Grace-Blackwell P6e are Arm without it.
  # https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
  _arm          = "^([a-z]+[0-9]+g[a-z]*|is4gen|a1|p[0-9]+e-gb[0-9]+|default_arm64)([.].+)?$"
  architectures = toset([for type in var.instance_types : can(regex(local._arm, type)) ? "arm64" : "x86_64"])
  gpu_types     = [for type in var.instance_types : type if can(regex("^(p|g|gr)[0-9]", type))]
}
