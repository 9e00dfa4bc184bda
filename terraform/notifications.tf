module "notifications" {
  source = "../modules/notifications"

  name       = "${local.prefix}-notifications"
  account_id = var.account_id
  region     = var.region
  emails     = var.notifications.emails
  tags       = local.tags
}
