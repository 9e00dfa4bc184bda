# One repository per image that any bundle names; workflows share them.
module "registry" {
  source   = "../modules/registry"
  for_each = local.images

  name         = "${local.prefix}/${each.key}"
  force_delete = var.environment == "local"
  tags         = local.tags
}
