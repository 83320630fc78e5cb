import { stsAudienceOf } from '../../core/index.ts'
import { keyOf, type PlanFacts } from './plan-model.ts'
import { originPath } from './plan-private.ts'

/** The same as Terraform; what a name of one resource says of another is left to Terraform. */
export function renderHcl(facts: PlanFacts, { isPrivate }: { readonly isPrivate: boolean }): string {
  return [bucket(facts, isPrivate), isPrivate ? cloudFront(facts) : publicRead(), objects(facts), provider(facts)].join(
    '\n',
  )
}

/** A text of HCL: what would begin a template is doubled. SPEC: HCL native syntax, "Template Literals" */
const quote = (text: string): string => JSON.stringify(text).replaceAll(/[$%](?=\{)/g, (mark) => mark + mark)

const bucket = (facts: PlanFacts, isPrivate: boolean): string => `resource "aws_s3_bucket" "issuer" {
  bucket = ${quote(facts.bucket)}
}

resource "aws_s3_bucket_versioning" "issuer" {
  bucket = aws_s3_bucket.issuer.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "issuer" {
  bucket                  = aws_s3_bucket.issuer.id
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = ${isPrivate}
  restrict_public_buckets = ${isPrivate}
}
`

const publicRead = (): string => `resource "aws_s3_bucket_policy" "issuer" {
  bucket     = aws_s3_bucket.issuer.id
  depends_on = [aws_s3_bucket_public_access_block.issuer]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ReadTheIssuer"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = [for key in [aws_s3_object.jwks.key, aws_s3_object.discovery.key] : "\${aws_s3_bucket.issuer.arn}/\${key}"]
    }]
  })
}
`

function objects(facts: PlanFacts): string {
  const { jwks, discovery } = facts.documents
  const object = (
    name: string,
    document: typeof jwks,
    file: string,
    more: string,
  ): string => `resource "aws_s3_object" "${name}" {
  bucket        = aws_s3_bucket.issuer.id
  key           = ${quote(keyOf(facts, document))}
  source        = "\${path.module}/${file}"
  source_hash   = filemd5("\${path.module}/${file}")
  content_type  = ${quote(document.contentType)}
  cache_control = ${quote(document.cacheControl)}
${more}}
`
  return [
    object('jwks', jwks, 'keys.json', ''),
    object('discovery', discovery, 'openid-configuration', '  depends_on    = [aws_s3_object.jwks]\n'),
  ].join('\n')
}

const provider = (facts: PlanFacts): string => `resource "aws_iam_openid_connect_provider" "issuer" {
  url            = ${quote(facts.issuer)}
  client_id_list = [${quote(stsAudienceOf(facts.partition))}]
  depends_on     = [aws_s3_object.discovery]
}
`

function cloudFront(facts: PlanFacts): string {
  const host = new URL(facts.issuer).hostname
  const path = originPath(facts)
  const below = path === '' ? '' : `\n    origin_path              = ${quote(path)}`
  return `# CloudFront takes certificates of us-east-1 alone: give this provider that region.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

resource "aws_acm_certificate" "issuer" {
  provider          = aws.us_east_1
  domain_name       = ${quote(host)}
  validation_method = "DNS"
}

resource "aws_cloudfront_origin_access_control" "issuer" {
  name                              = ${quote(facts.bucket)}
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "issuer" {
  enabled = true
  aliases = [${quote(host)}]
  origin {
    origin_id                = "bucket"
    domain_name              = aws_s3_bucket.issuer.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.issuer.id${below}
  }
  default_cache_behavior {
    target_origin_id       = "bucket"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate.issuer.arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_s3_bucket_policy" "issuer" {
  bucket = aws_s3_bucket.issuer.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ReadByTheDistribution"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = [for key in [aws_s3_object.jwks.key, aws_s3_object.discovery.key] : "\${aws_s3_bucket.issuer.arn}/\${key}"]
      Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.issuer.arn } }
    }]
  })
}
`
}
