locals {
  # Fargate pulls images and writes logs with a role of its own; on EC2 the instance's role does both.
  _on_fargate = anytrue([for job in var.job_definitions : contains(job.platform_capabilities, "FARGATE")])

  _container_properties = {
    for key, job in var.job_definitions : key => contains(job.platform_capabilities, "FARGATE") ? jsonencode(merge(
      { executionRoleArn = "arn:aws:iam::${var.account_id}:role/${var.name}-execution" },
      jsondecode(job.container_properties),
    )) : job.container_properties
  }
}

resource "aws_batch_job_definition" "this" {
  for_each = var.job_definitions

  name                  = each.value.name
  type                  = each.value.type
  platform_capabilities = each.value.platform_capabilities
  container_properties  = local._container_properties[each.key]
  parameters            = each.value.parameters
  propagate_tags        = each.value.propagate_tags

  # An execution that started with the revision before must still be able to submit, retry and be redriven.
  deregister_on_new_revision = false

  retry_strategy {
    attempts = each.value.retry_strategy.attempts

    dynamic "evaluate_on_exit" {
      for_each = each.value.retry_strategy.evaluateOnExit
      content {
        action           = evaluate_on_exit.value.action
        on_exit_code     = evaluate_on_exit.value.onExitCode
        on_reason        = evaluate_on_exit.value.onReason
        on_status_reason = evaluate_on_exit.value.onStatusReason
      }
    }
  }

  timeout {
    attempt_duration_seconds = each.value.timeout_seconds
  }

  tags = var.tags

  # Batch checks that it may pass the roles when a definition is registered.
  depends_on = [aws_iam_role.job, aws_iam_role.execution]
}
