# Provider 5.x has no argument for the environment's ecsSettings, so Batch gives its cluster the account's default when it
# makes it, and only a look at the cluster can tell (hashicorp/terraform-provider-aws issue 31744).
# https://docs.aws.amazon.com/batch/latest/userguide/cloudwatch-container-insights-default-behavior.html
data "aws_ecs_cluster" "this" {
  count = var.container_insights == null ? 0 : 1

  cluster_name = aws_batch_compute_environment.this.ecs_cluster_arn
}

check "container_insights" {
  assert {
    condition = alltrue([
      for cluster in data.aws_ecs_cluster.this : contains([for setting in cluster.setting : setting.value if setting.name == "containerInsights"], lower(var.container_insights))
    ])
    error_message = "container_insights of ${var.name} is not yet ${coalesce(var.container_insights, "said")}, because Batch takes the account's default only for environments that it makes afterwards: run aws batch update-compute-environment --compute-environment ${aws_batch_compute_environment.this.compute_environment_name} --ecs-settings containerInsights=${coalesce(var.container_insights, "DISABLED")}"
  }
}
