"""Runs: start executions, wait for them, and tell what their steps did."""
