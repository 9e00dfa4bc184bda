terraform {
  required_version = ">= 1.10"

  # Filled in per environment: terraform init -backend-config=environments/<environment>.s3.tfbackend
  backend "s3" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
