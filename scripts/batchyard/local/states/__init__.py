"""Step Functions in the local environment: its control plane, and the host of the interpreter."""
