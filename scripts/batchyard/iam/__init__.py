"""Roles derived from state machines, and explained."""
