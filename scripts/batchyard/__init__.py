"""batchyard: Terraform modules and a command for batch workflows on AWS and on one machine."""

__version__ = "0.1.0"
