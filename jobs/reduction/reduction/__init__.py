"""A sum over the nodes of a multi-node job: each integrates its part, a ring adds them up on all nodes."""
