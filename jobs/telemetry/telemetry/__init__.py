"""A sidecar that watches another container of its job through the counters that one serves."""
