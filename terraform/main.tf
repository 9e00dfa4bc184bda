locals {
  # The only place that composes names here; everything inside workflows comes named in its bundle.
  prefix = "${var.project}-${var.environment}"

  tags = merge(var.tags, { project = var.project, environment = var.environment })
}
