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
