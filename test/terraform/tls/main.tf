# The thumbprint from the certificates that the issuer's server shows, as the first article has it. The local issuer is served by the
# installation itself: its own https endpoint stands for the issuer's server.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    tls = {
      source = "hashicorp/tls"
    }
  }
}

provider "aws" {}

variable "cluster_name" {
  type = string
}

variable "issuer_server" {
  type = string
}

data "aws_eks_cluster" "this" {
  name = var.cluster_name
}

data "tls_certificate" "cluster" {
  url          = var.issuer_server
  verify_chain = false
}

resource "aws_iam_openid_connect_provider" "this" {
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = [data.tls_certificate.cluster.certificates[0].sha1_fingerprint]
  url             = data.aws_eks_cluster.this.identity[0].oidc[0].issuer
}

output "thumbprint" {
  value = data.tls_certificate.cluster.certificates[0].sha1_fingerprint
}
