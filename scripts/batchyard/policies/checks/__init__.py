"""What checkov loads: `checkov --external-checks-dir <this folder>`."""
