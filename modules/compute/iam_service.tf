# Batch makes no service-linked role for an unmanaged environment, and asks for a role by name.
# https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html
resource "aws_iam_role" "service" {
  count = var.type == "UNMANAGED" ? 1 : 0

  name               = "${var.name}-service"
  description        = "Batch for ${var.name}"
  assume_role_policy = local._assume["batch"]
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "service" {
  count = var.type == "UNMANAGED" ? 1 : 0

  role       = aws_iam_role.service[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole"
}
