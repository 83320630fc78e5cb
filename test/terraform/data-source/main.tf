# A cluster that is there already: its issuer comes from the data source, as on a cluster that somebody else made.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {}

variable "cluster_name" {
  type = string
}

data "aws_eks_cluster" "this" {
  name = var.cluster_name
}

# Without thumbprints: IAM keeps the one of the issuer's own authority.
resource "aws_iam_openid_connect_provider" "this" {
  client_id_list = ["sts.amazonaws.com"]
  url            = data.aws_eks_cluster.this.identity[0].oidc[0].issuer
}

data "aws_iam_openid_connect_provider" "this" {
  url        = data.aws_eks_cluster.this.identity[0].oidc[0].issuer
  depends_on = [aws_iam_openid_connect_provider.this]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [data.aws_iam_openid_connect_provider.this.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${replace(data.aws_iam_openid_connect_provider.this.url, "https://", "")}:sub"
      values   = ["system:serviceaccount:default:default"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = "by-data-source"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

output "role" {
  value = aws_iam_role.this.arn
}
