"""Fetches a script or an archive from S3, as environment variables say, and becomes that script."""
