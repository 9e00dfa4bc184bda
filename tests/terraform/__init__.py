"""Tests of the Terraform code, with the real provider and without an account."""
