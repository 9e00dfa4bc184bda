mock_provider "aws" {}

variables {
  name       = "batchyard-test-exome"
  account_id = "111122223333"
  region     = "us-east-1"
  topic_arn  = "arn:aws:sns:us-east-1:111122223333:batchyard-test-notifications"

  job_definitions = {
    align = {
      name                 = "batchyard-test-exome-align"
      container_properties = jsonencode({ image = "align:1" })
      timeout_seconds      = 3600
      role                 = { name = "batchyard-test-exome-align-job", statements = [] }
    }
  }

  state_machine = {
    definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
    role       = { name = "batchyard-test-exome-states", statements = [] }
  }
}

run "plain" {
  command = plan

  assert {
    condition     = aws_sfn_state_machine.this.publish && aws_sfn_alias.this.name == "live"
    error_message = "Versions must be published, and callers need an alias."
  }

  assert {
    condition     = !aws_batch_job_definition.this["align"].deregister_on_new_revision
    error_message = "An older revision must outlive a change."
  }

  assert {
    condition     = length(aws_iam_role_policy.job) == 0
    error_message = "A job without statements must get no policy, because IAM refuses an empty one."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["FAILED", "TIMED_OUT", "ABORTED"])
    error_message = "Every bad end must raise an alarm by default."
  }
}

run "quiet" {
  command = plan

  variables {
    notify_on = []
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["FAILED"]
    error_message = "A failure must raise an alarm even where nothing else is told."
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.status) + length(aws_cloudwatch_event_target.status) == 0
    error_message = "No message must be sent where none is asked for."
  }
}

run "success_is_told_without_an_alarm" {
  command = plan

  variables {
    notify_on = ["SUCCEEDED"]
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["FAILED"] && length(aws_cloudwatch_event_rule.status) == 1
    error_message = "Success must be a message, never an alarm."
  }
}

run "rights_are_not_said_twice" {
  command = plan

  variables {
    state_machine = {
      definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
      log_level  = "OFF"
      role = {
        name = "batchyard-test-exome-states"
        statements = [{
          Sid    = "OwnTraces"
          Action = ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
          # X-Ray supports no resources.
          Resource = ["*"]
        }]
      }
    }
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.states[0].policy).Statement : statement.Sid] == ["OwnTraces"]
    error_message = "Statements for logs and traces must be added only where they are needed and missing."
  }
}

run "fargate" {
  command = plan

  variables {
    job_definitions = {
      align = {
        name                  = "batchyard-test-exome-align"
        platform_capabilities = ["FARGATE"]
        container_properties  = jsonencode({ image = "align:1" })
        timeout_seconds       = 3600
        role                  = { name = "batchyard-test-exome-align-job", statements = [] }
      }
    }
  }

  assert {
    condition     = jsondecode(aws_batch_job_definition.this["align"].container_properties).executionRoleArn == "arn:aws:iam::111122223333:role/${aws_iam_role.execution[0].name}"
    error_message = "Fargate must get an execution role, without which it pulls no image."
  }
}
