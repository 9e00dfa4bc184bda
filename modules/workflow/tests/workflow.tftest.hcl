mock_provider "aws" {}

variables {
  name       = "batchyard-test-exome"
  account_id = "111122223333"
  region     = "us-east-1"
  topic_arn  = "arn:aws:sns:us-east-1:111122223333:batchyard-test-notifications"

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
