locals {
  # Written out, not read from the bucket, so that a plan shows the whole policy before the bucket exists.
  _arn = "arn:aws:s3:::${var.name}"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyInsecureTransport"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local._arn, "${local._arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # Both change the bucket's access settings, and S3 answers OperationAborted to concurrent changes.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
