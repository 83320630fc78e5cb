import { splitArnPattern } from './arn-pattern.ts'
import { type PolicyReason, policyFault } from './errors.ts'
import { pointerTo } from './json.ts'
import type { WrittenPatterns, WrittenStatement } from './written.ts'

// SPEC: order and texts of these checks as AWS answers them to CreatePolicy.

/** What IAM's older parser stumbles over, unless an earlier resource is wrong in a way that has words of its own. */
export function checkResourceForms(statements: readonly WrittenStatement[]): void {
  for (const { resources, where } of statements) {
    if (resources === undefined) continue
    if (resources.patterns.some((pattern) => faultOf(pattern) !== undefined)) return
    const at = resources.patterns.findIndex(failsLegacy)
    if (at < 0) continue
    throw policyFault({
      reason: 'resource-legacy',
      where: pointerTo(elementOf(where, resources), at),
      message: 'expected an ARN',
    })
  }
}

function failsLegacy(pattern: string): boolean {
  if (pattern === '*') return false
  const parts = pattern.split(':')
  return (parts.length < 6 && pattern.includes('::')) || parts[2] === ''
}

/** The first resource that is no ARN that IAM takes. */
export function checkIdentityResources(statements: readonly WrittenStatement[]): void {
  for (const { resources, where } of statements)
    for (const [at, pattern] of (resources?.patterns ?? []).entries()) {
      const fault = faultOf(pattern)
      if (resources === undefined || fault === undefined) continue
      const place = pointerTo(elementOf(where, resources), at)
      throw policyFault({ ...fault, where: place, message: `\`${pattern}\` is no resource` })
    }
}

interface ResourceFault {
  readonly reason: PolicyReason
  readonly found: string
}

function faultOf(pattern: string): ResourceFault | undefined {
  if (pattern === '*') return undefined
  const [prefix, partition, service, region, , resource] = splitArnPattern(pattern, 'read')
  if (prefix === undefined || partition === undefined) return { reason: 'resource-form', found: pattern }
  if (!isPartition(partition)) return { reason: 'resource-partition', found: partitionWords(pattern, partition) }
  if (service === undefined) return { reason: 'resource-vendor', found: pattern }
  return regionFault(pattern, { service, region, resource }) ?? pathFault(service, resource)
}

// A wildcard stands for any partition; the rest are those there are.
const PARTITION = /^(\*|aws\*?|aws-(cn|us-gov|iso|iso-b|iso-e|iso-f|eusc))$/

function isPartition(text: string): boolean {
  return PARTITION.test(text)
}

/** IAM repeats the ARN with a star for each part that is missing. */
function partitionWords(pattern: string, partition: string): string {
  const [, , ...parts] = pattern.split(':')
  const [service, region, account, ...rest] = parts.length === 1 && parts[0] === '' ? [] : parts
  const tail = rest.length === 0 ? '*' : rest.join(':')
  const arn = `arn:${partition}:${service ?? '*'}:${region ?? '*'}:${account ?? '*'}:${tail}`
  return `"${partition}" is not valid for resource "${arn}"`
}

interface ArnPieces {
  readonly service: string
  readonly region: string | undefined
  readonly resource: string | undefined
}

function regionFault(pattern: string, { service, region, resource }: ArnPieces): ResourceFault | undefined {
  // A wildcard also fits no region at all, and a short ARN leaves it open.
  if (region === undefined || region === '' || /[*?]/.test(region)) return undefined
  if (service === 'iam') return { reason: 'resource-iam-region', found: pattern }
  // Access points do have a region.
  if (service !== 's3' || /^accesspoint[/:]/.test(resource ?? '')) return undefined
  return { reason: 'resource-region', found: pattern }
}

const IAM_PATHS = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
]

function pathFault(service: string, resource: string | undefined): ResourceFault | undefined {
  if (service !== 'iam' || resource === undefined || resource === '*') return undefined
  if (IAM_PATHS.some((start) => resource.startsWith(start))) return undefined
  return { reason: 'resource-iam-path', found: IAM_PATHS.join(', ') }
}

/** Each action needs one prefix, which names a service. */
export function checkIdentityActions({ actions, where }: WrittenStatement): void {
  for (const [at, pattern] of (actions?.patterns ?? []).entries()) {
    const reason = actionFault(pattern)
    if (reason === undefined) continue
    throw policyFault({
      reason,
      where: pointerTo(`${where}/${actions?.not ? 'NotAction' : 'Action'}`, at),
      message: `expected \`service:Action\`, found \`${pattern}\``,
      found: pattern.split(':')[0] ?? '',
    })
  }
}

function actionFault(pattern: string): PolicyReason | undefined {
  const [vendor = '', ...rest] = pattern.split(':')
  if (rest.length === 0) return pattern === '*' ? undefined : 'action-without-vendor'
  if (rest.length > 1) return 'action-colons'
  return vendor === '*' || /^[a-zA-Z0-9.-]*$/.test(vendor) ? undefined : 'action-vendor'
}

function elementOf(where: string, { not }: WrittenPatterns): string {
  return `${where}/${not ? 'NotResource' : 'Resource'}`
}
