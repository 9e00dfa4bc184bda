provider "aws" {
  region = var.region

  # An apply with the credentials of another account stops here. It needs the account's id, so nothing skips asking it.
  allowed_account_ids = [var.account_id]

  max_retries                 = var.provider_settings.max_retries
  s3_use_path_style           = var.provider_settings.s3_use_path_style
  skip_credentials_validation = var.provider_settings.skip_credentials_validation
  skip_metadata_api_check     = var.provider_settings.skip_metadata_api_check
  skip_region_validation      = var.provider_settings.skip_region_validation

  default_tags {
    tags = local.tags
  }
}
