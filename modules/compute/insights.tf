locals {
  # arn:aws:batch:<region>:<account>:compute-environment/<name>
  _region = split(":", aws_batch_compute_environment.this.arn)[3]
}

# Provider 5.x has no argument for the environment's ecsSettings, so the AWS CLI of the machine that applies says it,
# once for each environment and mode. Nothing here notices a change by hand, and null leaves the mode as it is.
resource "terraform_data" "container_insights" {
  count = var.container_insights == null ? 0 : 1

  triggers_replace = [aws_batch_compute_environment.this.arn, var.container_insights]

  provisioner "local-exec" {
    command = "aws batch update-compute-environment --compute-environment \"$ARN\" --ecs-settings \"containerInsights=$MODE\" --region \"$REGION\" --output text"
    environment = {
      ARN    = aws_batch_compute_environment.this.arn
      MODE   = var.container_insights
      REGION = local._region
    }
  }
}
