locals {
  _build = "${var.build_directory}/${var.environment}"

  # A bundle that the environment no longer names may still lie there; it is not deployed.
  bundles = {
    for name in [for file in fileset(local._build, "*.bundle.json") : trimsuffix(file, ".bundle.json")] :
    name => jsondecode(file("${local._build}/${name}.bundle.json")) if contains(keys(var.workflows), name)
  }
  _missing = setsubtract(keys(var.workflows), keys(local.bundles))
  _foreign = [for name, bundle in local.bundles : name if bundle.environment != var.environment]

  functions = merge({}, [
    for workflow, bundle in local.bundles : { for key, function in bundle.functions : "${workflow}/${key}" => function }
  ]...)
  job_definitions = merge({}, [
    for workflow, bundle in local.bundles : { for key, job in bundle.job_definitions : "${workflow}/${key}" => job }
  ]...)
  images = toset(flatten([for bundle in local.bundles : keys(bundle.images)]))

  # All roles in one shape: JSON lets a single value stand for a list, the modules' types do not.
  _roles = merge({}, [
    for workflow, bundle in local.bundles : merge(
      { "${workflow}/states" = bundle.state_machine.role },
      { for key, job in bundle.job_definitions : "${workflow}/job/${key}" => job.role if job.role != null },
      { for key, job in bundle.job_definitions : "${workflow}/execution/${key}" => job.execution_role if job.execution_role != null },
      { for key, function in bundle.functions : "${workflow}/function/${key}" => function.role },
    )
  ]...)
  roles = {
    for key, role in local._roles : key => {
      name = role.name
      statements = [for statement in role.statements : {
        Sid      = try(statement.Sid, null)
        Effect   = statement.Effect
        Action   = flatten([statement.Action])
        Resource = flatten([statement.Resource])
        Condition = try({
          for operator, keys in statement.Condition : operator => { for name, values in keys : name => flatten([values]) }
        }, null)
      }]
    }
  }
}
