# For the whole account in this region, because provider 5.x can not say it for one compute environment; without it the
# account stays as it is. Batch's clusters take it when they are made: modules/compute tells of those that have not.
resource "aws_ecs_account_setting_default" "container_insights" {
  count = var.container_insights == null ? 0 : 1

  name  = "containerInsights"
  value = lower(var.container_insights)
}
