resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:access logs need a second bucket and bill every GET of large read files; CloudTrail data events serve where an audit needs them
  #checkov:skip=CKV_AWS_144:inputs can be fetched again and results recomputed, so a second Region's copy is the caller's decision
  #checkov:skip=CKV_AWS_145:kms_key_arn is the caller's choice; without it S3's own keys encrypt at rest
  #checkov:skip=CKV2_AWS_62:an event notification belongs to the workflow that is triggered, not to the bucket
  bucket        = var.name
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    # A new bucket takes Disabled, one that was ever versioned only Suspended; Suspended is right for both.
    status = var.versioning ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    # One data key per bucket and not per object: large fan-outs would run into KMS request quotas.
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}
