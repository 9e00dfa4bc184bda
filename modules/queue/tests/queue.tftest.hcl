mock_provider "aws" {}

variables {
  name     = "batchyard-test-high"
  priority = 1000
  compute_environment_arns = [
    "arn:aws:batch:us-east-1:111122223333:compute-environment/batchyard-test-spot-1",
    "arn:aws:batch:us-east-1:111122223333:compute-environment/batchyard-test-on-demand-1",
  ]
}

run "environments_keep_their_order" {
  command = plan

  assert {
    condition     = tolist([for item in aws_batch_job_queue.this.compute_environment_order : item.compute_environment]) == var.compute_environment_arns
    error_message = "Environments must be tried in the order that was given."
  }

  assert {
    condition     = [for item in aws_batch_job_queue.this.compute_environment_order : item.order] == [1, 2]
    error_message = "Orders must be distinct and rising."
  }
}

run "first_in_first_out_by_default" {
  command = plan

  assert {
    condition     = aws_batch_job_queue.this.scheduling_policy_arn == null
    error_message = "A scheduling policy can not be undone, so there is none unless asked for."
  }
}

run "only_what_can_never_start_is_cancelled_by_default" {
  command = plan

  assert {
    condition     = alltrue([for item in aws_batch_job_queue.this.job_state_time_limit_action : startswith(item.reason, "MISCONFIGURATION:")])
    error_message = "Missing capacity may pass, so it cancels nothing unless asked for."
  }
}

run "nothing_is_cancelled" {
  command = plan

  variables {
    cancel_runnable_after_seconds = {}
  }

  assert {
    condition     = length(aws_batch_job_queue.this.job_state_time_limit_action) == 0
    error_message = "Null must never cancel."
  }
}

run "closed" {
  command = plan

  variables {
    enabled = false
  }

  assert {
    condition     = aws_batch_job_queue.this.state == "DISABLED"
    error_message = "A queue that is not enabled must take no jobs."
  }
}

run "fair_share" {
  command = plan

  variables {
    fair_share = { shares = { a = 1, "team*" = 0.5 }, decay_seconds = 3600, reservation = 10 }
  }

  assert {
    condition     = { for share in aws_batch_scheduling_policy.this[0].fair_share_policy[0].share_distribution : share.share_identifier => share.weight_factor } == { a = 1, "team*" = 0.5 }
    error_message = "Every share must keep its weight."
  }

  assert {
    condition     = aws_batch_scheduling_policy.this[0].fair_share_policy[0].compute_reservation == 10 && aws_batch_scheduling_policy.this[0].fair_share_policy[0].share_decay_seconds == 3600
    error_message = "Reservation and decay must reach the policy."
  }
}

run "policy_of_another_module" {
  command = plan

  variables {
    scheduling_policy_arn = "arn:aws:batch:us-east-1:111122223333:scheduling-policy/shared"
  }

  assert {
    condition     = aws_batch_job_queue.this.scheduling_policy_arn == var.scheduling_policy_arn && length(aws_batch_scheduling_policy.this) == 0
    error_message = "A policy that is given must be used and not made again."
  }
}

run "unmanaged_beside_on_demand" {
  command = plan

  variables {
    compute_environment_types         = ["UNMANAGED", "EC2"]
    compute_environment_architectures = [null, "x86_64"]
  }

  assert {
    condition     = length(aws_batch_job_queue.this.compute_environment_order) == 2
    error_message = "Instances that you start and instances that Batch starts share a queue."
  }
}
