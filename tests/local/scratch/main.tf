# Resources whose emulated answers are mended, so that a plan after an apply finds nothing to do.
terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {}
}

provider "aws" {
  region            = "us-east-1"
  access_key        = "000000000000"
  secret_key        = "local"
  s3_use_path_style = true
  max_retries       = 2
  default_tags {
    tags = { project = "scratch" }
  }
}

resource "aws_vpc" "this" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "private" {
  vpc_id            = aws_vpc.this.id
  cidr_block        = "10.20.32.0/20"
  availability_zone = "us-east-1a"
}

resource "aws_security_group" "endpoints" {
  name        = "scratch-endpoints"
  description = "Interface endpoints"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.endpoints.id
  description       = "HTTPS from the VPC"
  cidr_ipv4         = aws_vpc.this.cidr_block
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.endpoints.id
  description       = "Anywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_vpc_endpoint" "interface" {
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.us-east-1.logs"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.private.id]
  security_group_ids  = [aws_security_group.endpoints.id]
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = toset(["/aws/vpc/scratch", "/aws/vendedlogs/states/scratch"])
  name              = each.key
  retention_in_days = 30
}

resource "aws_iam_role" "this" {
  for_each = toset(["vpc-flow-logs", "states", "lambda"])
  name     = "scratch-${each.key}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${each.key}.amazonaws.com" } }]
  })
}

resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination          = aws_cloudwatch_log_group.this["/aws/vpc/scratch"].arn
  iam_role_arn             = aws_iam_role.this["vpc-flow-logs"].arn
  max_aggregation_interval = 60
}

resource "aws_sns_topic" "this" {
  name = "scratch"
}

resource "aws_sfn_state_machine" "this" {
  name       = "scratch"
  role_arn   = aws_iam_role.this["states"].arn
  publish    = true
  definition = jsonencode({ StartAt = "A", States = { A = { Type = "Pass", End = true } } })
  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.this["/aws/vendedlogs/states/scratch"].arn}:*"
    include_execution_data = true
    level                  = "ALL"
  }
  tracing_configuration {
    enabled = true
  }
}

resource "aws_sfn_alias" "live" {
  name = "live"
  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.this.state_machine_version_arn
    weight                    = 100
  }
}

resource "aws_cloudwatch_metric_alarm" "failed" {
  alarm_name          = "scratch-failed"
  alarm_description   = "An execution has failed"
  namespace           = "AWS/States"
  metric_name         = "ExecutionsFailed"
  dimensions          = { StateMachineArn = aws_sfn_state_machine.this.arn }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
}

resource "aws_lambda_function" "this" {
  function_name = "scratch"
  role          = aws_iam_role.this["lambda"].arn
  handler       = "handler.handler"
  runtime       = "python3.12"
  filename      = "${path.module}/function.zip"
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name          = aws_lambda_function.this.function_name
  maximum_retry_attempts = 1
}
