# The race's work for Terraform: `buckets` buckets, each with versioning, encryption and a public access block.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "buckets" {
  type = number
}

variable "endpoint" {
  type = string
}

provider "aws" {
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {
    s3  = var.endpoint
    sts = var.endpoint
  }
}

locals {
  names = toset([for number in range(var.buckets) : format("race-%04d", number)])
}

resource "aws_s3_bucket" "race" {
  for_each = local.names
  bucket   = each.key
}

resource "aws_s3_bucket_versioning" "race" {
  for_each = local.names
  bucket   = aws_s3_bucket.race[each.key].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "race" {
  for_each = local.names
  bucket   = aws_s3_bucket.race[each.key].id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "race" {
  for_each                = local.names
  bucket                  = aws_s3_bucket.race[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
