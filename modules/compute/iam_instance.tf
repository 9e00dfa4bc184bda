locals {
  # Services pass no source account when they assume these roles, so there is nothing to condition on.
  _assume = {
    for service in ["batch", "ec2", "spotfleet"] : service => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "${service}.amazonaws.com" }
      }]
    })
  }
}

# What the ECS agent or the kubelet on an instance needs, and no more; jobs have roles of their own.
resource "aws_iam_role" "instance" {
  count = local.on_instances ? 1 : 0

  name               = "${var.name}-instance"
  description        = "${local.on_ecs ? "ECS agent" : "Kubelet"} on instances of ${var.name}"
  assume_role_policy = local._assume["ec2"]
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "instance" {
  count = local.on_ecs ? 1 : 0

  role       = aws_iam_role.instance[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
}

# https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
resource "aws_iam_role_policy_attachment" "node" {
  for_each = var.type == "EKS" ? toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"]) : toset([])

  role       = aws_iam_role.instance[0].name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_iam_instance_profile" "instance" {
  count = local.on_instances ? 1 : 0

  name = aws_iam_role.instance[0].name
  role = aws_iam_role.instance[0].name
  tags = var.tags
}
