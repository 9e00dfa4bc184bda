# What the rules and the roles have to know of the four bodies.
locals {
  _container = try([jsondecode(var.container_properties)], [])
  _tasks     = try(jsondecode(var.ecs_properties).taskProperties, [])
  _nodes     = try([for nodes in jsondecode(var.node_properties).nodeRangeProperties : nodes.container], [])
  _pod       = try(var.eks_properties.podProperties, null)

  _privileged = concat(
    [for container in local._container : try(container.privileged, false)],
    flatten([for task in local._tasks : [for container in try(task.containers, []) : try(container.privileged, false)]]),
    [for container in local._nodes : try(container.privileged, false)],
    [
      for container in try(concat(local._pod.containers, local._pod.initContainers), []) :
      container.securityContext == null ? false : container.securityContext.privileged == true
    ],
  )

  _job_role_arns = concat(
    [for container in local._container : try(container.jobRoleArn, "")],
    [for task in local._tasks : try(task.taskRoleArn, "")],
    [for container in local._nodes : try(container.jobRoleArn, "")],
  )

  _execution_role_arns = compact(concat(
    [for container in local._container : try(container.executionRoleArn, "")],
    [for task in local._tasks : try(task.executionRoleArn, "")],
    [for container in local._nodes : try(container.executionRoleArn, "")],
  ))
}
