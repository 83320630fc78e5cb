# The walk of the articles, in Terraform: a cluster, its OIDC provider, and roles that service accounts of the cluster may assume.
# Nothing here knows that it is not AWS: region, credentials and endpoint come from the environment.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_iam_policy_document" "cluster_assume_role_policy" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "cluster" {
  name               = "eks-cluster"
  assume_role_policy = data.aws_iam_policy_document.cluster_assume_role_policy.json
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_eks_cluster" "eks" {
  name                      = var.cluster_name
  role_arn                  = aws_iam_role.cluster.arn
  version                   = var.cluster_version
  enabled_cluster_log_types = var.cluster_logs
  tags                      = var.tags

  vpc_config {
    subnet_ids              = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
    endpoint_private_access = var.private_endpoint
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_iam_openid_connect_provider" "eks_openid_provider" {
  client_id_list  = var.client_ids
  thumbprint_list = var.thumbprints
  url             = aws_eks_cluster.eks.identity[0].oidc[0].issuer
  tags            = var.tags
}

locals {
  issuer = replace(aws_iam_openid_connect_provider.eks_openid_provider.url, "https://", "")
}

# --- cluster autoscaler --------------------------------------------------------------------------

data "aws_iam_policy_document" "cluster_autoscaler" {
  statement {
    sid    = "AllowDescribeAll"
    effect = "Allow"
    actions = [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeAutoScalingInstances",
      "autoscaling:DescribeTags",
      "ec2:DescribeLaunchTemplateVersions",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "AllowModifyOnlyCluster"
    effect = "Allow"
    actions = [
      "autoscaling:SetDesiredCapacity",
      "autoscaling:TerminateInstanceInAutoScalingGroup",
    ]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "autoscaling:ResourceTag/kubernetes.io/cluster/${var.cluster_name}"
      values   = ["owned"]
    }
  }
}

resource "aws_iam_policy" "cluster_autoscaler" {
  name   = "eks_cluster_autoscaler"
  path   = "/"
  policy = data.aws_iam_policy_document.cluster_autoscaler.json
  tags   = var.tags
}

data "aws_iam_policy_document" "autoscaler_assume_role_policy" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    effect  = "Allow"
    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = ["system:serviceaccount:infrastructure:autoscaler-service-account"]
    }
    principals {
      identifiers = [aws_iam_openid_connect_provider.eks_openid_provider.arn]
      type        = "Federated"
    }
  }
}

resource "aws_iam_role" "autoscaler" {
  name               = "eks_my-fancy-cluster-autoscaler-role"
  path               = "/"
  assume_role_policy = data.aws_iam_policy_document.autoscaler_assume_role_policy.json
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "cluster_autoscaler" {
  role       = aws_iam_role.autoscaler.name
  policy_arn = aws_iam_policy.cluster_autoscaler.arn
}

# --- an application that reads a bucket ------------------------------------------------------------

data "aws_iam_policy_document" "reader" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"]
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/*"]
  }
}

resource "aws_iam_policy" "reader" {
  name   = "s3-reader"
  policy = data.aws_iam_policy_document.reader.json
}

data "aws_iam_policy_document" "reader_assume_role_policy" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.eks_openid_provider.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = [var.audience]
    }
    condition {
      test     = "StringLike"
      variable = "${local.issuer}:sub"
      values   = var.subjects
    }
  }
}

resource "aws_iam_role" "reader" {
  name                 = "can-do-stuff-on-aws"
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.reader_assume_role_policy.json
  permissions_boundary = var.boundary ? aws_iam_policy.boundary.arn : null
  max_session_duration = var.max_session_duration
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "reader" {
  role       = aws_iam_role.reader.name
  policy_arn = aws_iam_policy.reader.arn
}

data "aws_iam_policy_document" "boundary" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name   = "looks-and-no-more"
  policy = data.aws_iam_policy_document.boundary.json
}

output "issuer" {
  value = aws_eks_cluster.eks.identity[0].oidc[0].issuer
}

output "reader_role" {
  value = aws_iam_role.reader.arn
}

output "provider" {
  value = aws_iam_openid_connect_provider.eks_openid_provider.arn
}

output "account" {
  value = data.aws_caller_identity.current.account_id
}
