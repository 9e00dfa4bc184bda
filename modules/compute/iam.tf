locals {
  # Neither service passes a source account when it assumes a role, so there is nothing to condition on.
  _assume = {
    for service in ["ec2", "spotfleet"] : service => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "${service}.amazonaws.com" }
      }]
    })
  }
}

# What the ECS agent on an instance needs, and no more; jobs have roles of their own.
resource "aws_iam_role" "instance" {
  count = local.on_ec2 ? 1 : 0

  name               = "${var.name}-instance"
  description        = "ECS agent on instances of ${var.name}"
  assume_role_policy = local._assume["ec2"]
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "instance" {
  count = local.on_ec2 ? 1 : 0

  role       = aws_iam_role.instance[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
}

resource "aws_iam_instance_profile" "instance" {
  count = local.on_ec2 ? 1 : 0

  name = aws_iam_role.instance[0].name
  role = aws_iam_role.instance[0].name
  tags = var.tags
}

# Any change of this role's ARN replaces the environment, so its name never varies.
resource "aws_iam_role" "spot_fleet" {
  count = local.on_spot ? 1 : 0

  name               = "${var.name}-spot-fleet"
  description        = "Spot requests of ${var.name}"
  assume_role_policy = local._assume["spotfleet"]
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "spot_fleet" {
  count = local.on_spot ? 1 : 0

  role       = aws_iam_role.spot_fleet[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEC2SpotFleetTaggingRole"
}
