"""Which edit of the Batch resources replaces, updates in place or does nothing, measured by plans."""
