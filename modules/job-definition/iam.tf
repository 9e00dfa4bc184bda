locals {
  _assume_by_tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:${var.region}:${var.account_id}:*" }
      }
    }]
  })

  # IAM refuses a policy without statements.
  _job_statements       = try(var.role.statements, [])
  _execution_statements = try(var.execution_role.statements, [])
}

resource "aws_iam_role" "job" {
  count = var.role == null ? 0 : 1

  name               = var.role.name
  description        = "Jobs of ${var.name}"
  assume_role_policy = local._assume_by_tasks
  tags               = var.tags
}

resource "aws_iam_role_policy" "job" {
  count = length(local._job_statements) > 0 ? 1 : 0

  name = "permissions"
  role = aws_iam_role.job[0].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for statement in local._job_statements : { for key, value in statement : key => value if value != null }]
  })
}

resource "aws_iam_role" "execution" {
  count = var.execution_role == null ? 0 : 1

  name               = var.execution_role.name
  description        = "Image pulls, secrets and logs of ${var.name}"
  assume_role_policy = local._assume_by_tasks
  tags               = var.tags
}

resource "aws_iam_role_policy" "execution" {
  count = length(local._execution_statements) > 0 ? 1 : 0

  name = "permissions"
  role = aws_iam_role.execution[0].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for statement in local._execution_statements : { for key, value in statement : key => value if value != null }]
  })
}
