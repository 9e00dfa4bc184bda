locals {
  # The reasons that Batch finds for a job that stays at the head of a queue, by what is wrong. A reason of the
  # second kind also shows for some minutes while an empty environment starts its first instance.
  _reasons = {
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"           = var.cancel_runnable_after_seconds.capacity
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE" = var.cancel_runnable_after_seconds.misconfiguration
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"         = var.cancel_runnable_after_seconds.misconfiguration
  }
}

resource "aws_batch_job_queue" "this" {
  name                  = var.name
  priority              = var.priority
  state                 = var.enabled ? "ENABLED" : "DISABLED"
  scheduling_policy_arn = var.fair_share == null ? var.scheduling_policy_arn : aws_batch_scheduling_policy.this[0].arn

  # By ARN, so that a replaced environment is an update of the queue in place.
  dynamic "compute_environment_order" {
    for_each = var.compute_environment_arns
    content {
      order               = compute_environment_order.key + 1
      compute_environment = compute_environment_order.value
    }
  }

  dynamic "job_state_time_limit_action" {
    for_each = { for reason, seconds in local._reasons : reason => seconds if seconds != null }
    content {
      action           = "CANCEL"
      state            = "RUNNABLE"
      reason           = job_state_time_limit_action.key
      max_time_seconds = job_state_time_limit_action.value
    }
  }

  tags = var.tags
}
