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
}

resource "aws_iam_role" "job" {
  for_each = var.job_definitions

  name               = each.value.role.name
  description        = "Jobs of ${each.value.name}"
  assume_role_policy = local._assume_by_tasks
  tags               = var.tags
}

resource "aws_iam_role_policy" "job" {
  for_each = { for key, job in var.job_definitions : key => job.role if length(job.role.statements) > 0 }

  name = "permissions"
  role = aws_iam_role.job[each.key].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for statement in each.value.statements : { for key, value in statement : key => value if value != null }]
  })
}

resource "aws_iam_role" "execution" {
  count = local._on_fargate ? 1 : 0

  name               = "${var.name}-execution"
  description        = "Image pulls and logs of Fargate jobs of ${var.name}"
  assume_role_policy = local._assume_by_tasks
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "execution" {
  count = local._on_fargate ? 1 : 0

  role       = aws_iam_role.execution[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}
