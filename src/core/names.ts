/** Names that everyone shares: ARNs, accounts, regions, service accounts. Parsed once, carried as branded types. */

declare const brand: unique symbol
type Branded<T, Name extends string> = T & { readonly [brand]: Name }

/** An Amazon Resource Name with all six parts. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export type Arn = Branded<string, 'Arn'>
/** Twelve decimal digits. */
export type AccountId = Branded<string, 'AccountId'>
/** An AWS region such as `us-east-1`. */
export type Region = Branded<string, 'Region'>
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov'

/** The six parts of an ARN; `resource` is everything after the fifth colon. */
export interface ArnParts {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

/** The parts of an ARN, or undefined when the text is not of the form `arn:partition:service:region:account:resource`. */
export function parseArn(text: string): ArnParts | undefined {
  if (!text.startsWith('arn:')) return undefined
  const second = text.indexOf(':', 4)
  const third = text.indexOf(':', second + 1)
  const fourth = text.indexOf(':', third + 1)
  const fifth = text.indexOf(':', fourth + 1)
  // An absent colon is at -1, so that every later search begins anew and ends before it.
  if (second < 0 || third < second || fourth < third || fifth < fourth) return undefined
  if (second === 4 || third === second + 1 || fifth + 1 === text.length) return undefined
  return {
    partition: text.slice(4, second),
    service: text.slice(second + 1, third),
    region: text.slice(third + 1, fourth),
    account: text.slice(fourth + 1, fifth),
    resource: text.slice(fifth + 1),
  }
}

/** The parts, with colons between them; nothing is checked. */
export function renderArn(parts: ArnParts): Arn {
  return `arn:${parts.partition}:${parts.service}:${parts.region}:${parts.account}:${parts.resource}` as Arn
}

/** Twelve digits, or undefined. */
export function parseAccountId(text: string): AccountId | undefined {
  return /^\d{12}$/.test(text) ? (text as AccountId) : undefined
}

/** A region name (`us-east-1`, `cn-north-1`, `us-gov-west-1`), or undefined. */
export function parseRegion(text: string): Region | undefined {
  return /^[a-z]{2}(-[a-z]+)+-\d$/.test(text) ? (text as Region) : undefined
}

/** The partition that a region belongs to. */
export function partitionOf(region: Region): Partition {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

/** What AWS's host names end in. */
export function dnsSuffixOf(partition: Partition): string {
  return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
}

/** The audience of tokens for AWS STS, unless somebody asks for another: that of China has a name of its own. */
export function stsAudienceOf(partition: Partition): string {
  return `sts.${dnsSuffixOf(partition)}`
}

/** The Kubernetes identity of a pod. */
export interface ServiceAccountRef {
  readonly namespace: string
  readonly name: string
}

// SPEC: RFC 1123 label (namespace, at most 63) and subdomain (name, at most 253), as kube-apiserver checks them.
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** `namespace/name`, or undefined when either is not a name that Kubernetes accepts. */
export function parseServiceAccountRef(text: string): ServiceAccountRef | undefined {
  const [namespace = '', name = '', ...more] = text.split('/')
  if (more.length > 0 || !isNamespaceName(namespace) || !isObjectName(name)) return undefined
  return { namespace, name }
}

/** `NAMESPACE/NAME` */
export function renderServiceAccountRef(ref: ServiceAccountRef): string {
  return `${ref.namespace}/${ref.name}`
}

/** `sub` of the service account's tokens. */
export function subjectOf(ref: ServiceAccountRef): string {
  return `system:serviceaccount:${ref.namespace}:${ref.name}`
}

/** May a namespace be called so? A label of at most 63 characters. */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && LABEL.test(text)
}

/** May a service account, pod or deployment be called so? Labels with dots between them, at most 253 characters. */
export function isObjectName(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text)
}
