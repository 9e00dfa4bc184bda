locals {
  # In the order in which cloud-init runs them on a new instance; on EKS there is no ECS agent to set up.
  user_data_parts = {
    for key, item in local.made_compute : key => concat(
      [for scratch in item.scratch.kind == "none" ? [] : [item.scratch] : {
        name = "scratch.sh"
        content = templatefile("../templates/user-data/scratch.sh.tftpl", {
          kind        = scratch.kind
          device      = "/dev/sdf"
          mount_point = scratch.mount
        })
      }],
      [for registry in item.registry == null ? [] : [item.registry] : {
        name    = "registry-login.sh"
        content = templatefile("../templates/user-data/registry-login.sh.tftpl", { secret_arn = registry.secret_arn })
      }],
      [for type in item.type == "EKS" ? [] : [item.type] : {
        name = "ecs-agent.sh"
        content = templatefile("../templates/user-data/ecs-agent.sh.tftpl", {
          pull_behavior       = item.image_pull
          spot_draining       = "true"
          reserved_memory_mib = item.reserved_memory_mib
          nvidia              = item.image == "al2023_nvidia"
        })
      }],
      [for name in item.user_data : { name = name, content = file("../templates/user-data/extra/${name}") }],
    ) if contains(["EC2", "SPOT", "EKS"], item.type)
  }
}
