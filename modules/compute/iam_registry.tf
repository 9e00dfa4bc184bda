locals {
  # arn:aws:secretsmanager:<region>:<account>:secret:<name>
  _secret_region = var.registry == null ? "" : split(":", var.registry.secret_arn)[3]

  _registry_statements = var.registry == null ? [] : concat(
    [{
      Sid       = "ReadRegistryLogin"
      Effect    = "Allow"
      Action    = ["secretsmanager:GetSecretValue"]
      Resource  = [var.registry.secret_arn]
      Condition = {}
    }],
    [for key in var.registry.kms_key_arn == null ? [] : [var.registry.kms_key_arn] : {
      Sid       = "DecryptRegistryLogin"
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = [key]
      Condition = { StringEquals = { "kms:ViaService" = ["secretsmanager.${local._secret_region}.amazonaws.com"] } }
    }],
  )
}

# The login itself is read by the instance when it starts: it is in no user data, state, plan or log.
resource "aws_iam_role_policy" "registry" {
  count = var.registry == null ? 0 : 1

  name = "registry"
  role = aws_iam_role.instance[0].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for statement in local._registry_statements : { for key, value in statement : key => value if key != "Condition" || length(statement.Condition) > 0 }]
  })
}
