module "storage" {
  source   = "../modules/storage"
  for_each = var.buckets

  name            = "${local.prefix}-${var.account_id}-${each.key}"
  expiration_days = each.value.expiration_days
  force_destroy   = each.value.force_destroy
  tags            = local.tags
}
