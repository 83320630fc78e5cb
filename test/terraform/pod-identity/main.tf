# EKS Pod Identity for a cluster that is there already: a role that trusts the service, and the service account that gets it.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {}

variable "role" {
  type = string
}

variable "tags" {
  type    = map(string)
  default = {}
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each           = toset(["first", "second"])
  name               = each.key
  path               = "/pods/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_eks_pod_identity_association" "this" {
  cluster_name    = "local"
  namespace       = "shop"
  service_account = "orders"
  role_arn        = aws_iam_role.this[var.role].arn
  tags            = var.tags
}

output "association_id" {
  value = aws_eks_pod_identity_association.this.association_id
}
