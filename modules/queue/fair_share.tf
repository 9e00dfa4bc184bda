# A queue has a policy from its first day or never: Batch can swap it, and neither add nor remove it.
resource "aws_batch_scheduling_policy" "this" {
  count = var.fair_share == null ? 0 : 1

  name = var.name

  fair_share_policy {
    compute_reservation = var.fair_share.reservation
    share_decay_seconds = var.fair_share.decay_seconds

    dynamic "share_distribution" {
      for_each = var.fair_share.shares
      content {
        share_identifier = share_distribution.key
        weight_factor    = share_distribution.value
      }
    }
  }

  tags = var.tags
}
